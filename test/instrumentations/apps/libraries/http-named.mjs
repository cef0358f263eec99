// The names are bound before the modules they come from are patched, or after: both must be the patched ones.
import { createServer, get as getByName } from 'node:http';
import * as star from 'http';
import standard from 'node:http';
import { request as secure } from 'https';
import https from 'node:https';
import { once } from 'node:events';

const server = createServer((request, response) => response.end(request.url)).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
for (const [name, get] of Object.entries({ named: getByName, star: star.get, standard: standard.get })) {
  const [response] = await once(get({ host: '127.0.0.1', port, path: `/${name}` }), 'response');
  await once(response.resume(), 'end');
}
console.log('https', secure === https.request, secure.__original !== undefined);
server.close();
server.closeAllConnections();
