/**
 * A load generator of its own process, on raw sockets, so that it costs the measured server nothing.
 *
 *   node bench/load.ts PORT PATH REQUESTS CONNECTIONS   prints the number of answers that were not 200
 */
import { connect } from 'node:net';

const [port = '', path = '', requests = '', connections = ''] = process.argv.slice(2);
const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: */*\r\n\r\n`);
let toSend = Number(requests);
let toAnswer = toSend;
let failed = 0;

for (let i = 0; i < Number(connections); i++) {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  let received = '';
  const send = (): void => {
    if (toSend-- > 0) socket.write(request);
    else socket.end();
  };
  socket.setEncoding('latin1').once('connect', send);
  socket.on('data', (chunk: string) => {
    received += chunk;
    const head = received.indexOf('\r\n\r\n');
    const length = /content-length: *(\d+)/i.exec(received)?.[1];
    const complete =
      head >= 0 &&
      (length === undefined ? received.endsWith('0\r\n\r\n') : received.length >= head + 4 + Number(length));
    if (!complete) return;
    if (!received.startsWith('HTTP/1.1 200')) failed++;
    received = '';
    if (--toAnswer === 0) process.stdout.write(`${failed}\n`);
    send();
  });
}
