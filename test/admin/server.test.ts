import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { serve, type Admin, type AdminOptions } from '../../src/admin/server.ts';
import type { Route } from '../../src/component.ts';
import * as diag from '../../src/diag.ts';

vi.mock('../../src/diag.ts', { spy: true });
beforeEach(() => {
  vi.mocked(diag.limited).mockReset();
  vi.mocked(diag.warn).mockReset();
});
const lines = (): readonly string[] => [
  ...vi.mocked(diag.limited).mock.calls.map(([, line]) => line),
  ...vi.mocked(diag.warn).mock.calls.map(([line]) => line),
];

const running: Admin[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const admin of running.splice(0)) await admin.shutdown?.();
});

const hello: Route = { path: '/hello', access: 'public', handle: (_request, response) => void response.end('hello\n') };
const secret: Route = { path: '/secret', access: 'private', handle: (_request, response) => void response.end('42\n') };

function run(options: Partial<AdminOptions> = {}): Admin {
  const admin = serve({ host: '127.0.0.1', port: 0, token: undefined, routes: [hello, secret], ...options });
  running.push(admin);
  return admin;
}

async function start(options: Partial<AdminOptions> = {}): Promise<{ admin: Admin; port: number }> {
  const admin = run(options);
  const address = await vi.waitUntil(() => admin.address());
  return { admin, port: Number(new URL(address).port) };
}

function open(port: number, bytes?: string | Buffer): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  if (bytes !== undefined) socket.write(bytes);
  return socket;
}

/** What comes back for these bytes until the server closes, or is silent for a while. */
async function raw(port: number, bytes: string | Buffer, patience = 300): Promise<string> {
  const socket = open(port, bytes);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(patience)]);
  socket.destroy();
  return text;
}

const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}Connection: close\r\n\r\n`;

describe('answers', () => {
  test('a route, whatever its query, and nothing but that path', async () => {
    const { port } = await start();
    expect(await raw(port, get('/hello?a=b'))).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nhello\n$/);
    for (const path of ['/', '/hello/', '/Hello', '//hello', 'http://localhost/hello', '/%68ello']) {
      expect(await raw(port, get(path))).toMatch(/^HTTP\/1\.1 404 [^]*\r\n\r\nnot found; there is \/hello\n$/);
    }
  });

  test('HEAD without a body', async () => {
    const { port } = await start();
    expect(await raw(port, get('/hello').replace('GET', 'HEAD'))).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
    expect(await raw(port, get('/none').replace('GET', 'HEAD'))).toMatch(/^HTTP\/1\.1 404 [^]*\r\n\r\n$/);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s with 405', async (method) => {
    const { port } = await start();
    const reply = await raw(port, get('/hello').replace('GET', method));
    expect(reply).toMatch(/^HTTP\/1\.1 405 /);
    expect(reply).toMatch(/\r\nAllow: GET, HEAD\r\n/);
  });

  test.each([
    ['a length', 'GET', 'Content-Length: 100000000\r\n'],
    ['chunks', 'GET', 'Transfer-Encoding: chunked\r\n'],
    ['a length that waits to be told', 'POST', 'Content-Length: 5\r\nExpect: 100-continue\r\n'],
  ])('without reading a body that comes with %s, and closes', async (_what, method, headers) => {
    const { port } = await start();
    const socket = open(port, `${method} /hello HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
    let reply = '';
    socket.on('data', (chunk) => (reply += chunk.toString('latin1')));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(reply).toMatch(method === 'GET' ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 405 /);
    expect(reply).toMatch(/\r\nConnection: close\r\n/);
  });

  test('private routes to this host alone', async () => {
    const { port } = await start();
    expect(await raw(port, get('/secret'))).toMatch(/^HTTP\/1\.1 200 [^]*42\n$/);
    const foreign = get('/secret').replace('localhost', 'evil.example');
    expect(await raw(port, foreign)).toMatch(/^HTTP\/1\.1 403 [^]*\r\n\r\nonly under a name of this host[^\n]*\n$/);
    expect(await raw(port, get('/hello').replace('localhost', 'evil.example'))).toMatch(/^HTTP\/1\.1 200 /);
    const twoHosts = await raw(port, get('/secret', 'hOST: evil.example\r\n'));
    expect(twoHosts).toMatch(/^HTTP\/1\.1 403 [^]*\r\n\r\nonly with one Host[^\n]*\n$/);
  });

  test('private routes, once there is a token, to its bearer alone', async () => {
    const { port } = await start({ token: 'abc' });
    const refused = await raw(port, get('/secret'));
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    expect(refused).toMatch(/\r\nWWW-Authenticate: Bearer\r\n/);
    expect(await raw(port, get('/secret', 'Authorization: Bearer abc\r\n'))).toMatch(/^HTTP\/1\.1 200 [^]*42\n$/);
    expect(await raw(port, get('/hello'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('500 with one line for a route that throws, rejects or stops half-way', async () => {
    const routes: readonly Route[] = [
      {
        path: '/throws',
        access: 'public',
        handle(_request, response) {
          response.setHeader('Content-Encoding', 'gzip');
          throw new Error('broken');
        },
      },
      { path: '/rejects', access: 'public', handle: () => Promise.reject(new Error('broken')) },
      {
        path: '/stops',
        access: 'public',
        handle(_request, response) {
          response.write('half');
          throw new Error('broken');
        },
      },
    ];
    const { port } = await start({ routes });
    for (const path of ['/throws', '/rejects']) {
      const reply = await raw(port, get(path));
      expect(reply).toMatch(/^HTTP\/1\.1 500 [^]*\r\n\r\nfailed; the reason is on stderr\n$/);
      expect(reply).not.toContain('gzip');
      expect(reply).not.toContain('broken');
    }
    expect(await raw(port, get('/stops'))).not.toContain('0\r\n\r\n');
    expect(lines()).toEqual(['/throws failed', '/rejects failed', '/stops failed']);
  });

  test('nobody when the client is gone before the route is done', async () => {
    let respond: (() => void) | undefined;
    const slow: Route = {
      path: '/slow',
      access: 'public',
      handle: (_request, response) => {
        respond = () => void response.end('x'.repeat(1_000_000));
      },
    };
    const { port } = await start({ routes: [slow, hello] });
    const socket = open(port, get('/slow'));
    await sleep(50);
    socket.resetAndDestroy();
    await sleep(50);
    respond?.();
    expect(await raw(port, get('/hello'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test('knows its own connections', async () => {
  const owned: boolean[] = [];
  const { admin, port } = await start({
    routes: [
      {
        path: '/own',
        access: 'public',
        handle(request, response) {
          owned.push(admin.owns(request.socket), other.owns(request.socket));
          response.end();
        },
      },
    ],
  });
  const { admin: other } = await start();
  await raw(port, get('/own'));
  expect(owned).toEqual([true, false]);
});

describe('survives', () => {
  test('300 malformed requests', async () => {
    const { port } = await start();
    const random = seeded(42);
    const good = get('/hello', 'Accept: */*\r\nX-Long: aaaaaaaaaaaaaaaa\r\n');
    const requests = Array.from({ length: 300 }, (_, index) => malformed(good, index, random));
    for (let at = 0; at < requests.length; at += 30) {
      await Promise.all(requests.slice(at, at + 30).map((bytes) => raw(port, bytes, 100)));
    }
    expect(await raw(port, good)).toMatch(/^HTTP\/1\.1 200 [^]*hello\n$/);
    expect(lines()).toEqual([]);
  });

  test('200 clients that never finish a request: few are taken, and all are closed within 6 s', async () => {
    const { port } = await start();
    let closed = 0;
    // A third sends nothing, a third stops in the first line, a third goes on and on.
    const beginnings = [undefined, 'GET /hel', 'GET /hello HTTP/1.1\r\nHost: localhost\r\nX-A: '];
    const clients = Array.from({ length: 200 }, (_, index) => open(port, beginnings[index % 3]));
    for (const client of clients) client.once('close', () => closed++).resume();
    const drip = setInterval(() => {
      clients.forEach((client, index) => index % 3 === 2 && client.writable && client.write('a'));
    }, 500);
    await sleep(1000);
    const held = 200 - closed;
    await sleep(5500);
    clearInterval(drip);
    expect(held).toBeLessThanOrEqual(64);
    expect(held).toBeGreaterThan(0);
    expect(closed).toBe(200);
    expect(await raw(port, get('/hello'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('says in one line, and goes on, when', () => {
  test('its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen({ port: 0, host: '127.0.0.1' }, resolve));
    const { port } = other.address() as AddressInfo;
    const admin = run({ port });
    await vi.waitUntil(() => lines().length > 0);
    expect(lines()).toEqual([`port ${port} is taken: /metrics is not served; OTEL_EXPORTER_PROMETHEUS_PORT moves it`]);
    expect(admin.address()).toBeUndefined();
    other.close();
  });

  test.each(['203.0.113.1', 'no-such-host.invalid'])('it cannot listen on %s', async (host) => {
    run({ host });
    await vi.waitUntil(() => lines().length > 0, { timeout: 20_000 });
    expect(lines()).toEqual([
      `cannot listen on ${host}:0 (OTEL_EXPORTER_PROMETHEUS_HOST, …_PORT): /metrics is not served`,
    ]);
  });

  test('its port is out of range', async () => {
    run({ port: 99_999 });
    await vi.waitUntil(() => lines().length > 0);
    expect(lines()).toHaveLength(1);
  });
});

test('listens on an IPv6 address', async () => {
  const admin = run({ host: '::1' });
  const address = await vi.waitUntil(() => admin.address());
  expect(address).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(await (await fetch(`${address}/secret`)).text()).toBe('42\n');
});

test('after shutdown nothing listens, and open connections are closed', async () => {
  const { admin, port } = await start();
  const idle = open(port);
  await new Promise((resolve) => idle.once('connect', resolve));
  await admin.shutdown?.();
  await new Promise((resolve) => idle.once('close', resolve));
  expect(admin.address()).toBeUndefined();
  const refused = await new Promise((resolve) => connect(port, '127.0.0.1').once('error', resolve));
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
});

/** The same numbers in every run: mulberry32. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function malformed(good: string, index: number, random: (below: number) => number): Buffer {
  const bytes = Buffer.from(good);
  switch (index % 6) {
    case 0:
      return Buffer.from(Array.from({ length: random(400) }, () => random(256)));
    case 1:
      for (let flips = 0; flips < 5; flips++) bytes[random(bytes.length)] = random(256);
      return bytes;
    case 2:
      return bytes.subarray(0, random(bytes.length));
    case 3:
      return Buffer.from(good.replace('Accept: */*', `X: ${'y'.repeat(random(40_000))}`));
    case 4:
      return Buffer.from(
        good.replace('/hello', ['http://[', '//', '*', '/\u0000', 'http://:80:80/', '/%'][random(6)] ?? ''),
      );
    default:
      return Buffer.from(
        good.replace(
          'Host: localhost',
          ['Host:', 'Host: a\r\nHost: b', 'Content-Length: -1', 'Upgrade: x\r\nConnection: upgrade', 'Expect: x'][
            random(5)
          ] ?? '',
        ),
      );
  }
}
