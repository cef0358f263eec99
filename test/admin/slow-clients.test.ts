/** 1,000 clients that never finish, asking or reading: few are taken, for a while, and the application is not disturbed. */
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, test as vitest, vi } from 'vitest';
import { startMeasured } from './measured.ts';

const CLIENTS = 1000;
/** Connections that are held at most. */
const MOST = 64;
const SCRAPE = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';

type Way = (socket: Socket) => unknown;

const asking: readonly Way[] = [
  // Nothing at all, half a head, a head without an end, a body that does not come.
  () => {},
  (socket) => socket.write('GET /metrics HTTP/1.1\r\nHost: loc'),
  (socket) => {
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 500);
    socket.once('close', () => clearInterval(drip));
  },
  (socket) => socket.write('POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n'),
];
const reading: readonly Way[] = [(socket) => socket.pause().write(SCRAPE.repeat(50))];

const test = existsSync('/proc/self/fd') ? vitest : vitest.skip;

/** 5 s, the second in which it is looked for those that have used them up, and a busy machine. */
test.each([
  ['asking', asking, 9000],
  // Those 5 s begin when nothing more is taken off the server, and buffers take some pages.
  ['reading', reading, 30_000],
] as const)(`${CLIENTS} that never finish %s`, async (_what, ways, patience) => {
  const app = await startMeasured(300);
  const sockets = async (): Promise<number> => Number((await app.ask('/sockets')).body);
  const clients: Socket[] = [];
  try {
    const before = await sockets();
    for (let index = 0; index < CLIENTS; index++) {
      const socket = connect(app.port, '127.0.0.1', () => ways[index % ways.length]!(socket));
      clients.push(socket.on('error', () => {}).resume());
    }
    // The application's own server answers meanwhile.
    let most = 0;
    const isOver = async (): Promise<boolean> => {
      const now = (await sockets()) - before;
      most = Math.max(most, now);
      return most > 0 && now <= 0;
    };
    await vi.waitUntil(isOver, { timeout: patience, interval: 50 });
    expect(most).toBeGreaterThan(MOST / 2);
    expect(most).toBeLessThanOrEqual(MOST);
    expect((await app.scrape()).status).toBe(200);
    expect(await app.stop()).toMatchObject({ code: 0, stderr: '' });
  } finally {
    for (const socket of clients) socket.destroy();
  }
});
