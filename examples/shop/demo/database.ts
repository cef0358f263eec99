/** PostgreSQL in WebAssembly behind a socket, for whoever has no server. It takes one connection at a time. */
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const server = new PGLiteSocketServer({
  db: await PGlite.create(),
  host: '127.0.0.1',
  port: Number(process.env['PORT']),
});
await server.start();
console.log('database listening');

// Ctrl-C reaches every process of the terminal: this one is needed until the others have stopped, but not longer.
process.on('SIGINT', () => {});
process.stdin.on('end', () => process.exit()).resume();
