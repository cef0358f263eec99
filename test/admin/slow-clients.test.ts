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
const reading: readonly Way[] = [
  (socket) => socket.pause().write(SCRAPE),
  (socket) => socket.pause().write(SCRAPE.repeat(4)),
];

const test = existsSync('/proc/self/fd') ? vitest : vitest.skip;

/** 5 s, and a busy machine. */
const PATIENCE = 9000;

test('who asks for more and more without reading is closed at once', async () => {
  const app = await startMeasured(300);
  const socket = connect(app.port, '127.0.0.1').on('error', () => {});
  socket.pause().write(SCRAPE.repeat(50));
  const before = performance.now();
  await new Promise((resolve) => void socket.resume().once('close', resolve));
  expect(performance.now() - before).toBeLessThan(2000);
  expect((await app.scrape()).status).toBe(200);
  expect(await app.stop()).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['asking', asking],
  ['reading', reading],
] as const)(`${CLIENTS} that never finish %s`, async (_what, ways) => {
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
    await vi.waitUntil(isOver, { timeout: PATIENCE, interval: 50 });
    expect(most).toBeGreaterThan(MOST / 2);
    expect(most).toBeLessThanOrEqual(MOST);
    expect((await app.scrape()).status).toBe(200);
    expect(await app.stop()).toMatchObject({ code: 0, stderr: '' });
  } finally {
    for (const socket of clients) socket.destroy();
  }
});
