import './none.js';
