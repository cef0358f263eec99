/** An HTTP server that takes a bounded number of slow or hostile clients, and keeps nothing alive. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from './answer.ts';

/** A scraper uses one for one request after the other. Further ones wait in the system, or are turned away. */
const MAX_CONNECTIONS = 64;
/**
 * Milliseconds in which a request, its head included, must have arrived, and that an idle connection is kept: with the
 * interval in which Node looks for late ones, 5 s.
 */
const PATIENCE = 4000;
const LOOKED_AFTER = 1000;
/** Requests that a connection may send before it has read the answers. */
const MAX_PIPELINED = 4;

/** `seen`: told of each connection. */
export function createServer(answer: Answer, seen: (socket: Socket) => void): Server {
  const limits = {
    headersTimeout: PATIENCE,
    requestTimeout: PATIENCE,
    keepAliveTimeout: PATIENCE,
    connectionsCheckingInterval: LOOKED_AFTER,
  };
  const unanswered = new WeakMap<Socket, number>();
  const bounded: Answer = (request, response) => {
    const { socket } = request;
    if (count(unanswered, request, response) > MAX_PIPELINED) return void socket.destroy();
    // While the answer is being made nothing moves on the connection, and nobody is to blame for it but us.
    socket.setTimeout(0);
    response.once('prefinish', () => socket.setTimeout(PATIENCE));
    answer(request, response);
  };
  const server = process.getBuiltinModule('node:http').createServer(limits, bounded);
  server.maxConnections = MAX_CONNECTIONS;
  // Who asks and does not read would keep one of them, and a page, for good.
  server.timeout = PATIENCE;
  // No `100 Continue`: a body is not wanted.
  server.on('checkContinue', bounded);
  server.on('connection', (socket: Socket) => {
    socket.unref();
    seen(socket);
  });
  return server.unref();
}

/** How many requests of its connection are unanswered with this one. */
function count(unanswered: WeakMap<Socket, number>, { socket }: IncomingMessage, response: ServerResponse): number {
  const now = (unanswered.get(socket) ?? 0) + 1;
  unanswered.set(socket, now);
  response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  return now;
}
