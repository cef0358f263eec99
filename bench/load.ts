/**
 * A load generator of its own process, on raw sockets, so that it costs the measured server nothing.
 *
 *   node bench/load.ts PORT PATH REQUESTS CONNECTIONS   prints the number of answers that were not 200
 */
import { openConnection } from './connection.ts';

const [port = '', path = '', requests = '', connections = ''] = process.argv.slice(2);
let toSend = Number(requests);
let toAnswer = toSend;
let failed = 0;

for (let i = 0; i < Number(connections); i++) {
  const connection = openConnection(Number(port), path, (ok) => {
    if (!ok) failed++;
    if (--toAnswer === 0) process.stdout.write(`${failed}\n`);
    send();
  });
  const send = (): void => {
    if (toSend-- > 0) connection.ask();
    else connection.end();
  };
  send();
}
