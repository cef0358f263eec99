'use strict';
const work = require('./work.cjs');

work(20).then(() => console.log('application ends'));
