'use strict';
console.log('only this');
// Long enough for many batches, were there anything in them.
setTimeout(() => {}, 300);
