/** Whatever scrapers send, the application goes on, and the next scrape is answered. */
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { parse } from '../bridges/prometheus/exposition.ts';
import { startMeasured } from './measured.ts';
import { oddScrapes, type Connection } from './odd-scrapes.ts';

const REQUESTS = 10_000;
/** `FUZZ_SEED` repeats a run. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
/** Fewer than the server takes. */
const AT_ONCE = 24;

/** Resolves when the server has closed. */
function send({ bytes, end }: Connection, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: end === 'half' });
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.setTimeout(20_000, () => reject(new Error(`not closed: ${bytes.toString('latin1').slice(0, 500)}`)));
    socket.on('error', () => {}).once('close', () => resolve(answer));
    socket.once('connect', () => {
      if (end === 'at once') socket.write(bytes, () => socket.destroy());
      else if (end === 'by a reset') socket.write(bytes, () => socket.resetAndDestroy());
      else socket.end(bytes);
    });
    socket.once('end', () => socket.end());
  });
}

test(`${REQUESTS} scrapes gone wrong, seed ${SEED}`, async () => {
  const app = await startMeasured(100);
  const before = Number((await app.ask('/heap')).body);
  const waiting = oddScrapes(SEED, REQUESTS);
  const statuses = new Set<string>();
  const client = async (): Promise<void> => {
    for (const connection of waiting) {
      const answer = await send(connection, app.port);
      for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)) statuses.add(status!);
    }
  };
  // Who closes his side with his request may get no answer; one who behaves does meanwhile.
  const over = new AbortController();
  const scraper = async (): Promise<void> => {
    while (!over.signal.aborted) statuses.add(String((await app.scrape()).status));
  };
  const scraped = scraper();
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  over.abort();
  await scraped;

  expect([...statuses]).toEqual(expect.arrayContaining(['200', '400', '404', '405', '431']));
  expect(statuses).not.toContain('500');
  const { status, body } = await app.scrape();
  expect(status).toBe(200);
  expect([...parse(body).samples.keys()].filter((name) => name.startsWith('hits_total'))).toHaveLength(100);
  // Our own requests are nobody's: those are the two of this test.
  expect(body).not.toMatch(/http_server_request_duration_seconds_count.*(?:404|405)/);
  expect((await app.ask('/rejections')).body).toBe('0');
  expect(Number((await app.ask('/heap')).body) - before).toBeLessThan(10_000_000);
  expect(await app.stop()).toMatchObject({ code: 0, stderr: '' });
});
