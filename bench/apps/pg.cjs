'use strict';
// A route that makes one query.
const { createServer } = require('node:http');
const express = require('express');
const { Pool } = require('pg');
const stay = require('./stay.cjs');

const pool = new Pool({ host: '127.0.0.1', user: 'postgres', database: 'postgres' });
const app = express();
app.get('/users/:id', async (request, response) => {
  const { rows } = await pool.query('select $1::text as id', [request.params.id]);
  response.json(rows[0]);
});
stay(createServer(app));
