/**
 * Many who scrape at the same moment, each over a connection of its own, compressed as Prometheus asks for it. Who is turned
 * away comes back.
 *
 *   node bench/scrapers.ts PORT COUNT   prints how long it took until all had the page: {"seconds":…,"turnedAway":…}
 */
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Scraped {
  readonly seconds: number;
  /** Connections that were refused or closed without an answer. */
  readonly turnedAway: number;
}

/** Milliseconds. */
const AGAIN_AFTER = 50;
const WITHIN = 30_000;

const REQUEST = 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n';

const [port = '', count = ''] = process.argv.slice(2);
let turnedAway = 0;
const start = performance.now();
await Promise.all(Array.from({ length: Number(count) }, scraped));
const result: Scraped = { seconds: (performance.now() - start) / 1000, turnedAway };
process.stdout.write(`${JSON.stringify(result)}\n`);

async function scraped(): Promise<void> {
  while (!(await scrape())) {
    turnedAway++;
    if (performance.now() - start > WITHIN) throw new Error(`no answer within ${WITHIN} ms`);
    await wait(AGAIN_AFTER);
  }
}

function scrape(): Promise<boolean> {
  return new Promise((resolve) => {
    let head = '';
    connect({ port: Number(port), host: '127.0.0.1' })
      .once('error', () => resolve(false))
      .once('close', () => resolve(head.startsWith('HTTP/1.1 200')))
      .on('data', (chunk: Buffer) => (head ||= chunk.toString('latin1', 0, 12)))
      .write(REQUEST);
  });
}
