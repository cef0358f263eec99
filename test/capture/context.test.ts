/** Of a thousand requests at once none is taken for another, whatever way its work goes. */
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Span } from '../support/collector.ts';
import { root, start } from '../support/run.ts';

const REQUESTS = 1000;
/** In one packet, on every other connection. */
const PIPELINED = 5;

interface Seen {
  readonly spans: readonly Span[];
  readonly stderr: string;
  /** Statuses of the answers. */
  readonly statuses: readonly string[];
}

/** Of fixtures/ways.cjs. */
const WAYS = `
  timer interval immediate nextTick microtask promise async emitter
  data readable forAwait pipeline pipe requestEnd requestClose
  responseFinish responseClose endCallback writeCallback
  promisePool callbackPool worker socket
`
  .trim()
  .split(/\s+/);
const urls = Array.from({ length: REQUESTS }, (_, index) => `/${WAYS[index % WAYS.length]}/${index}`);

let seen: Seen;
beforeAll(async () => {
  seen = await wander();
});

test('every request is answered', () => {
  expect(seen.stderr).toBe('');
  expect(seen.statuses).toEqual(urls.map(() => '200'));
});

describe.each(WAYS)('%s', (way) => {
  test('leads to a child of the request that went it', () => {
    const { spans } = seen;
    const children = spans.filter(({ name, attributes }) => name === 'child' && wayOf(attributes['url']) === way);
    expect(children.map(({ attributes }) => String(attributes['url'])).toSorted()).toEqual(
      urls.filter((url) => wayOf(url) === way).toSorted(),
    );
    const servers = new Map(spans.filter(({ kind }) => kind === 'server').map((span) => [span.spanId, span]));
    const parents = children.map(({ parentSpanId }) => servers.get(parentSpanId));
    expect(parents.map((parent) => parent?.attributes['url.path'])).toEqual(
      children.map(({ attributes }) => attributes['url']),
    );
    expect(parents.map((parent) => parent?.traceId)).toEqual(children.map(({ traceId }) => traceId));
  });
});

const wayOf = (url: unknown): string => String(url).split('/')[1]!;

async function wander(): Promise<Seen> {
  const collector = await startCollector();
  const { child, waitFor, finished } = start([`${root}/test/capture/fixtures/wandering.cjs`], {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_BSP_MAX_QUEUE_SIZE: '20000',
    },
  });
  try {
    const port = Number((await waitFor(/^port (\d+)$/m))[1]);
    const answers = await Promise.all(connections().map((requests) => ask(requests, port)));
    child.kill('SIGUSR2');
    const { stderr } = await finished;
    const statuses = answers.flatMap((answer) => answer.match(/(?<=HTTP\/1\.1 )\d+/g) ?? []);
    return { spans: collector.spans(), stderr, statuses };
  } finally {
    child.kill('SIGKILL');
    await collector.close();
  }
}

/** What each connection asks for: one request, or several in one packet. */
function connections(): string[][] {
  const waiting = [...urls];
  const all: string[][] = [];
  while (waiting.length > 0) all.push(waiting.splice(0, all.length % 2 === 0 ? 1 : PIPELINED));
  return all;
}

/** Resolves with all that is answered on one connection. */
function ask(urls: readonly string[], port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.once('error', reject).once('close', () => resolve(answer));
    const requests = urls.map((url, index) => {
      const connection = index === urls.length - 1 ? 'close' : 'keep-alive';
      return `POST ${url} HTTP/1.1\r\nHost: a.example\r\nConnection: ${connection}\r\nContent-Length: 4\r\n\r\nbody`;
    });
    // The last two bytes come by themselves.
    const bytes = requests.join('');
    socket.write(bytes.slice(0, -2));
    setTimeout(() => socket.write(bytes.slice(-2)), 10);
  });
}
