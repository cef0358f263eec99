'use strict';
const { once } = require('node:events');

/** One GET for each path, one after the other, against `server`; prints what is answered; then closes it. */
module.exports = async function requests(server, ...paths) {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  for (const path of paths) {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
    console.log(response.status, await response.text());
  }
  server.close();
  server.closeAllConnections();
};
