/** A proxy that tells what passed: tunnels by CONNECT, and requests in absolute form. */
import { once } from 'node:events';
import { createServer, request as requestTo, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Proxy {
  readonly url: string;
  /** `host:port` of each tunnel. */
  readonly tunnels: readonly string[];
  /** The URL of each request that was passed on. */
  readonly requests: readonly string[];
  /** `Proxy-Authorization` of whatever had one. */
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

export async function startProxy(): Promise<Proxy> {
  const tunnels: string[] = [];
  const requests: string[] = [];
  const credentials: string[] = [];
  const sockets = new Set<Socket>();
  const note = ({ headers }: IncomingMessage): void => {
    const sent = headers['proxy-authorization'];
    if (sent !== undefined) credentials.push(sent);
  };
  const server = createServer((request, response) => {
    note(request);
    requests.push(request.url ?? '');
    forward(request, response);
  });
  server.on('connect', (request, client, head) => {
    note(request);
    tunnels.push(request.url ?? '');
    tunnel(request.url ?? '', client, head);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    requests,
    credentials,
    async close() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  const { url = '', method, headers } = request;
  if (!URL.canParse(url)) {
    response.writeHead(400).end();
    return;
  }
  const onward = requestTo(url, { method, headers, agent: false });
  onward.on('error', () => void (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => response.destroy()).pipe(response);
  });
  response.once('close', () => onward.destroy());
  request.pipe(onward);
}

function tunnel(target: string, client: Duplex, head: Buffer): void {
  const { hostname, port } = new URL(`http://${target}`);
  const server = connect(Number(port || 80), hostname);
  server.once('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    server.write(head);
    client.pipe(server).pipe(client);
  });
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => {}).once('close', () => other.destroy());
  }
}
