/** Requests at a steady rate, over bare sockets, each with a path of its own: `/request/0`, `/request/1`, … */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Load {
  readonly sent: number;
  /** Sends no more, and resolves with the number of requests when all are answered. */
  stop(): Promise<number>;
}

const CONNECTIONS = 50;
const TICK = 10;
const PATIENCE = 30_000;

export function startLoad(port: number, rate: number): Load {
  let [sent, answered] = [0, 0];
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let tail = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      const all = tail + text;
      answered += all.split(HEAD).length - 1;
      // The beginning of the next head may have come.
      tail = all.slice(all.lastIndexOf(HEAD) + 1).slice(-HEAD.length + 1);
    });
    return socket;
  });
  const start = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / 1000) * rate;
    for (; sent < due; sent++) {
      sockets[sent % CONNECTIONS]?.write(`GET /request/${sent} HTTP/1.1\r\nHost: soak\r\n\r\n`);
    }
  }, TICK);
  return {
    get sent() {
      return sent;
    },
    async stop() {
      clearInterval(timer);
      const end = performance.now() + PATIENCE;
      const open = (): number => sent - answered;
      while (open() > 0 && performance.now() < end) await sleep(TICK);
      for (const socket of sockets) socket.destroy();
      if (open() > 0) throw new Error(`${open()} of ${sent} requests were not answered`);
      return sent;
    },
  };
}

const HEAD = 'HTTP/1.1 200';
