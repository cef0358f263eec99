'use strict';
require('elastic-apm-node').start();
require('./app.cjs');
