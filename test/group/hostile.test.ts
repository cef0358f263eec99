/** Whoever speaks to the address of the group without being of it. */
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { message, frame, MAX_FRAME } from '../../src/group/frames.ts';
import { request } from '../../src/group/identity.ts';
import { freePort } from '../support/free-port.ts';
import { endAll, launch, reads, scrape, sibling } from './harness.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  endAll();
});

function say(
  port: number,
  ...bytes: readonly (string | Buffer)[]
): { readonly socket: Socket; answer(): Promise<string> } {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  for (const each of bytes) socket.write(each);
  return {
    socket,
    async answer() {
      const end = performance.now() + 5000;
      while (performance.now() < end && !socket.destroyed && !text.includes('\r\n\r\n'))
        await new Promise((r) => setTimeout(r, 10));
      return text;
    },
  };
}

const closed = (socket: Socket, within = 7000): Promise<boolean> =>
  new Promise((resolve) => {
    if (socket.closed) return resolve(true);
    socket.once('close', () => resolve(true));
    setTimeout(resolve, within, false);
  });

async function startOne(): Promise<{ readonly port: number; readonly lines: () => readonly string[] }> {
  const port = await freePort();
  const app = launch('plain', port);
  await app.waitFor(/ready/);
  await app.order('work 5');
  await reads(port, 'it serves', (page) => page.sum('jobs_total') === 5);
  return { port, lines: app.lines };
}

test('strangers are told who serves, and why they do not belong to it', async () => {
  const { port } = await startOne();
  for (const [more, why] of [
    [{ uid: 12_345 }, 'another user'],
    [{ service: 'other' }, 'another service'],
    [{ firstlight: '0.0.1' }, 'another version of Firstlight'],
  ] as const) {
    const answer = await say(port, request(sibling(more), port, undefined)).answer();
    expect(answer).toMatch(/^HTTP\/1\.1 409 /);
    expect(answer).toContain(`"service":"group-test"`);
    expect(answer).toContain(`"why":"${why}"`);
  }
  const garbled = request(sibling(), port, undefined).replace(/firstlight-group: .*/, 'firstlight-group: %E0%A4%A');
  expect(await say(port, garbled).answer()).toMatch(/^HTTP\/1\.1 409 [^]*"it does not know you"/);
  const forwarded = request(sibling(), port, undefined).replace(
    'Connection:',
    'X-Forwarded-For: 1.2.3.4\r\nConnection:',
  );
  expect(await say(port, forwarded).answer()).toMatch(/^HTTP\/1\.1 403 /);
});

test('another offer of an upgrade is passed over, and the request answered', async () => {
  const { port } = await startOne();
  const answer = await say(
    port,
    'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
  ).answer();
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test.each([
  ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(10))],
  [
    'a frame that is too large',
    Buffer.from([...new Uint8Array(new Uint32Array([MAX_FRAME * 16]).buffer).toReversed(), 2]),
  ],
  ['what V8 has not written', frame('values', Buffer.from('no'))],
  ['values that are none', message('values', { id: 1, threads: [{ scopeMetrics: [{ metrics: 5 }] }] } as never)],
  ['a legacy that is none', message('kept', { legacy: Buffer.from('no') })],
])('a sibling that sends %s is dropped, with one line', async (_what, bytes) => {
  const { port, lines } = await startOne();
  const { socket, answer } = say(port, request(sibling(), port, undefined));
  expect(await answer()).toMatch(/^HTTP\/1\.1 101 /);
  socket.write(bytes);
  expect(await closed(socket)).toBe(true);
  expect((await scrape(port))?.sum('jobs_total')).toBe(5);
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toContain(`process ${process.pid} says what cannot be understood`);
});

test('siblings that never answer delay the first scrape alone, and there are no more than 256', async () => {
  const { port } = await startOne();
  const answers: string[] = [];
  for (let group = 0; group < 6; group++) {
    const silent = Array.from({ length: 50 }, () => say(port, request(sibling(), port, undefined)));
    answers.push(...(await Promise.all(silent.map((each) => each.answer()))));
  }
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 101 '))).toHaveLength(256);
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 409 '))).toHaveLength(44);
  expect((await scrape(port))?.ms).toBeLessThan(2000);
  const second = await scrape(port);
  expect(second?.sum('jobs_total')).toBe(5);
  expect(second?.ms).toBeLessThan(1000);
});

test('1,000 slow clients hold at most 64 sockets and are closed within 5 s, beside a member that stays', async () => {
  const { port } = await startOne();
  const member = say(port, request(sibling(), port, undefined));
  expect(await member.answer()).toMatch(/^HTTP\/1\.1 101 /);
  const upgrade = request(sibling({ service: 'other' }), port, undefined);
  const beginnings = ['', 'GET /metrics HTTP/1.1\r\nHost: a\r\n', upgrade.slice(0, -2), `${upgrade.slice(0, -2)}X: `];
  const clients = Array.from({ length: 1000 }, (_, index) => say(port, beginnings[index % 4] ?? '').socket);
  const drip = setInterval(
    () => clients.forEach((client, n) => n % 4 === 3 && client.writable && client.write('a')),
    500,
  );
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const held = clients.filter((client) => !client.closed).length;
  const ends = await Promise.all(clients.map((client) => closed(client)));
  clearInterval(drip);
  expect(held).toBeLessThanOrEqual(64);
  expect(ends.every(Boolean)).toBe(true);
  expect(member.socket.closed).toBe(false);
  expect((await scrape(port))?.sum('jobs_total')).toBe(5);
});
