'use strict';
const { createServer } = require('node:http');
const { once } = require('node:events');
const { io } = require('socket.io-client');

module.exports = async ({ Server }) => {
  const http = createServer();
  const server = new Server(http);
  server.on('connection', (socket) => socket.on('question', (text, answer) => answer(text.length)));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const client = io(`http://127.0.0.1:${http.address().port}`, { transports: ['websocket'] });
  console.log(await client.emitWithAck('question', 's3cr3t'));
  client.close();
  await server.close();
};
