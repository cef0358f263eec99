'use strict';
const { createServer } = require('node:http');
const express = require('express');
const stay = require('./stay.cjs');

const app = express();
app.use(express.json());
app.get('/users/:id', (request, response) => response.json({ id: request.params.id }));
stay(createServer(app));
