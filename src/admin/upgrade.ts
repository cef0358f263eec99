/** Connections that ask to become something else: another process that would serve here, or an offer that we pass over. */
import { clearTimeout, setTimeout } from 'node:timers';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { strangeness } from './access.ts';
import type { Answer } from './answer.ts';
import { PROTOCOL, type Sharing } from '../sharing.ts';

/** Milliseconds, as for other clients. */
const PATIENCE = 5000;

export function upgradeWith(sharing: Sharing, answer: Answer, server: Server) {
  return (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    // From now on Node looks after it no more.
    socket
      .on('error', () => socket.destroy())
      .on('timeout', () => socket.destroy())
      .setTimeout(PATIENCE);
    if (request.headers.upgrade !== PROTOCOL) return passOver(request, socket, answer);
    if (strangeness(request) !== undefined)
      return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    // One that never becomes a member must not stay, however often it says something.
    const late = setTimeout(() => socket.destroy(), PATIENCE).unref();
    sharing.upgrade(request, socket, head, () => {
      clearTimeout(late);
      socket.setTimeout(0);
      // Members take no place of a client.
      server.maxConnections++;
      socket.once('close', () => server.maxConnections--);
    });
  };
}

/** As if nothing had been offered, which a client has to expect: `curl --http2` offers it with every request. */
function passOver(request: IncomingMessage, socket: Socket, answer: Answer): void {
  const { ServerResponse } = process.getBuiltinModule('node:http');
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.end());
  answer(request, response);
}
