'use strict';
/** Answers REQUESTS, one after the other, and prints their statuses. */
const { createServer, request, Server } = require('node:http');

module.exports = async (load, application) => {
  const listener = await application(load);
  const server = listener instanceof Server ? listener : createServer(listener);
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const statuses = [];
  for (const line of JSON.parse(process.env.REQUESTS)) {
    const [method, path] = line.split(' ');
    statuses.push(await status(server.address().port, method, path));
  }
  console.log(JSON.stringify(statuses));
  server.close();
};

const status = (port, method, path) =>
  new Promise((resolve, reject) => {
    request({ port, method, path, agent: false })
      .on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)))
      .on('error', reject)
      .end();
  });
