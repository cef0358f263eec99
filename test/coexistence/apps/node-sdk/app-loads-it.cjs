'use strict';
require('./sdk.cjs');
require('./app.cjs');
