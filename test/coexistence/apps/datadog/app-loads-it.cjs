'use strict';
require('dd-trace').init();
require('./app.cjs');
