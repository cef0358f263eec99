'use strict';
const { createServer } = require('node:http');
const { once } = require('node:events');

const answer = {
  id: 'x',
  object: 'chat.completion',
  model: 'tiny',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 's3cr3t answer' } }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};

module.exports = async (OpenAI) => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = new OpenAI({ apiKey: 'key', baseURL: `http://127.0.0.1:${server.address().port}/v1` });
  const chat = await client.chat.completions.create({ model: 'tiny', messages: [{ role: 'user', content: 's3cr3t' }] });
  console.log(chat.choices[0].finish_reason);
  server.close();
  server.closeAllConnections();
};
