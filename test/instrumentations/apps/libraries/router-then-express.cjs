'use strict';
require('router');
const express = require('express');
const requests = require('./bodies/requests.cjs');

const app = express();
app.get('/users/:id', (request, response) => response.send(`user ${request.params.id}`));
void requests(app.listen(0, '127.0.0.1'), '/users/7');
