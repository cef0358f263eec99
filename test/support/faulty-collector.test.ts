import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { grpcFrame } from './collector.ts';
import { startFaultyCollector, type FaultyCollector, type Mode } from './faulty-collector.ts';
import { encodeRequest } from './otlp.ts';

let collector: FaultyCollector;
beforeEach(async () => {
  collector = await startFaultyCollector();
});
afterEach(() => collector.close());

const spans = ['a', 'b', 'c'].map((name) => ({ name, traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) }));
const message = encodeRequest('traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What broke it off. */
  readonly error?: string;
}

type Send = (ms?: number) => Promise<Answer>;

/** What came within `ms`, by a client that believes nothing. */
const overHttp: Send = async (ms = 500) => {
  const pieces: Uint8Array[] = [];
  let [status, headers] = [0, {}];
  try {
    const answer = await fetch(`${collector.url}/v1/traces`, {
      method: 'POST',
      body: message,
      headers: { 'content-type': 'application/x-protobuf' },
      redirect: 'manual',
      signal: AbortSignal.timeout(ms),
    });
    [status, headers] = [answer.status, Object.fromEntries(answer.headers)];
    for await (const piece of answer.body ?? []) pieces.push(piece);
    return { status, headers, body: Buffer.concat(pieces) };
  } catch (cause) {
    const { name, cause: inner } = cause as Error & { cause?: { code?: string } };
    return { status, headers, body: Buffer.concat(pieces), error: inner?.code ?? name };
  }
};

/** `once` would reject with the error that comes before. */
const closed = (stream: Duplex): Promise<void> => new Promise((resolve) => void stream.once('close', resolve));

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

const overGrpc: Send = async (ms = 500) => {
  const pieces: Buffer[] = [];
  const headers: Record<string, string> = {};
  const session = connectHttp2(collector.grpcUrl);
  const note = (some: object): void =>
    Object.entries(some).forEach(([name, value]) => void (headers[name] = String(value)));
  let error: string | undefined;
  const failed = (cause: NodeJS.ErrnoException): void => void (error ??= cause.code ?? cause.name);
  session.on('error', failed);
  const stream = session.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc' });
  stream.on('error', failed).on('response', note).on('trailers', note);
  stream.on('data', (piece: Buffer) => pieces.push(piece)).end(grpcFrame(message));
  const late = setTimeout(() => {
    error ??= 'TimeoutError';
    stream.destroy();
  }, ms);
  await closed(stream);
  clearTimeout(late);
  // Without an error too: a connection that breaks looks like an end.
  if (headers['grpc-status'] === undefined) error ??= 'ABORTED';
  session.destroy();
  return {
    status: Number(headers[':status'] ?? 0),
    headers,
    body: Buffer.concat(pieces),
    ...(error !== undefined && { error }),
  };
};

const names = (): string[] => collector.spans().map(({ name }) => name);

describe.each([
  ['http', overHttp],
  ['grpc', overGrpc],
] as const)('%s', (protocol, send) => {
  test('ok', async () => {
    expect(await send()).toMatchObject({ status: 200 });
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(collector.accepted('traces')).toBe(3);
    expect(collector.attempts).toMatchObject([{ mode: 'ok', request: { signal: 'traces' } }]);
  });

  test('down, and up again on the same port', async () => {
    await collector.become('down');
    expect((await send()).error).toMatch(/ECONNREFUSED|CANCEL/);
    expect(collector.attempts).toEqual([]);
    await collector.become('ok');
    expect(await send()).toMatchObject({ status: 200 });
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  test('down breaks what waits', async () => {
    await collector.become('hung');
    const waiting = send(5000);
    await expect.poll(() => collector.attempts.length).toBe(1);
    await collector.become('down');
    expect((await waiting).error).toMatch(/SOCKET|ECONNRESET|ABORT|HTTP2/);
    expect(names()).toEqual([]);
  });

  test('slow', async () => {
    await collector.become({ slow: 200 });
    const start = performance.now();
    expect(await send()).toMatchObject({ status: 200 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(199);
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  test('slow, for a client that has gone', async () => {
    await collector.become({ slow: 300 });
    expect(await send(100)).toMatchObject({ error: 'TimeoutError' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(collector.accepted('traces')).toBe(0);
    expect(names()).toEqual([]);
  });

  test.each<[Mode, Partial<Answer>]>([
    ['hung', { status: 0, error: 'TimeoutError' }],
    ['drip', { status: 200, error: 'TimeoutError' }],
    ['huge', { status: 200, error: 'TimeoutError' }],
    ['redirect', { status: 307 }],
    ['wrong-type', { status: 200, body: Buffer.from('ok') }],
  ])('%s', async (mode, expected) => {
    await collector.become(mode);
    expect(await send(700)).toMatchObject(expected);
    expect(collector.attempts).toMatchObject([{ mode }]);
    expect(names()).toEqual([]);
    expect(collector.accepted('traces')).toBe(0);
  });

  test.each<[Mode]>([['reset'], ['truncated']])('%s', async (mode) => {
    await collector.become(mode);
    expect((await send()).error).toMatch(/ECONNRESET|UND_ERR_SOCKET|HTTP2|ABORT/);
    expect(names()).toEqual([]);
  });

  test('huge is as much as is read', async () => {
    await collector.become('huge');
    const { body } = await send(300);
    expect(body.length).toBeGreaterThan(1e6);
    expect(collector.bytesTaken).toBeGreaterThanOrEqual(body.length - 5);
  });

  test('garbage is no message', async () => {
    await collector.become('garbage');
    const { status, headers, body } = await send();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(protocol === 'grpc' ? 'application/grpc' : 'application/x-protobuf');
    expect(body.toString()).toContain('<html>');
    expect(names()).toEqual([]);
  });

  test('partial', async () => {
    await collector.become({ partial: 2, message: 'too many' });
    const { status, body } = await send();
    expect(status).toBe(200);
    expect(body.toString()).toContain('too many');
    expect(collector.accepted('traces')).toBe(1);
  });

  test.each([
    [400, undefined, '3'],
    [404, undefined, '12'],
    [413, undefined, '8'],
    [429, 2, '8'],
    [500, undefined, '13'],
    [503, undefined, '14'],
    [503, 'Fri, 31 Dec 1999 23:59:59 GMT', '14'],
  ] as const)('status %i, retry after %s', async (status, retryAfter, code) => {
    await collector.become({ status, ...(retryAfter !== undefined && { retryAfter }) });
    const { headers, ...answer } = await send();
    if (protocol === 'http') {
      expect({ status: answer.status, retryAfter: headers['retry-after'] }).toEqual({
        status,
        retryAfter: retryAfter === undefined ? undefined : String(retryAfter),
      });
    } else {
      expect(headers['grpc-status']).toBe(code);
      const details = headers['grpc-status-details-bin'];
      if (status === 429) expect(Buffer.from(details ?? '', 'base64').toString('latin1')).toContain('RetryInfo');
      else expect(details).toBeUndefined();
    }
    expect(names()).toEqual([]);
  });
});

test('a redirect leads to a collector that counts', async () => {
  await collector.become('redirect');
  const { headers } = await overHttp();
  expect(headers['location']).toBe(`${collector.elsewhere.url}/v1/traces`);
  expect(collector.elsewhere.requests).toEqual([]);
});

test('a connection is reset, not ended', async () => {
  await collector.become('reset');
  const socket = connect(Number(new URL(collector.url).port), '127.0.0.1');
  socket.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

test.each(['http', 'grpc'] as const)('%s over TLS can be reset too', async (protocol) => {
  await collector.close();
  collector = await startFaultyCollector({ tls: true });
  await collector.become('reset');
  const url = new URL(protocol === 'grpc' ? collector.grpcUrl : collector.url);
  const session = connectHttp2(url, { rejectUnauthorized: false });
  session.on('error', () => {});
  if (protocol === 'grpc') {
    const stream = session.request({ ':method': 'POST', ':path': PATH });
    stream.on('error', () => {}).end(grpcFrame(message));
    await closed(stream);
  } else {
    session.destroy();
    const { request } = await import('node:https');
    const post = request(url, { method: 'POST', path: '/v1/traces', rejectUnauthorized: false }).end(message);
    await once(post, 'error');
  }
  session.destroy();
  expect(collector.attempts).toHaveLength(1);
});
