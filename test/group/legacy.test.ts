/** What a server leaves to its group, and what its members keep of it. */
import { connect, Socket } from 'node:net';
import { DataPointType, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test, vi } from 'vitest';
import * as diag from '../../src/diag.ts';
import { encode, frame, MAX_CONTENT, message } from '../../src/group/frames.ts';
import { request } from '../../src/group/identity.ts';
import { createLegacyKeeper } from '../../src/group/legacy-keeper.ts';
import { decodeLegacy, encodeLegacy, leaveTo } from '../../src/group/legacy.ts';
import { inOneGo, merge } from '../../src/group/merge.ts';
import { createRetired } from '../../src/group/retired.ts';
import { freePort } from '../support/free-port.ts';
import { endAll, launch, reads, scrape, sibling } from './harness.ts';

vi.mock('../../src/diag.ts', { spy: true });
afterEach(() => {
  vi.resetAllMocks();
  endAll();
});

const options = { acrossOf: () => undefined };

/** A counter of so many series, each of that value. */
const counter = (series: number, value: number): ScopeMetrics[] => [
  {
    scope: { name: 'scope', version: '1' },
    metrics: [
      {
        descriptor: { name: 'hits', unit: '', description: '', valueType: 1 },
        aggregationTemporality: 1,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: Array.from({ length: series }, (_, index) => ({
          startTime: [1, 0],
          endTime: [2, 0],
          attributes: { index },
          value,
        })),
      },
    ],
  },
];
const total = (scopes: Iterable<ScopeMetrics>): number =>
  [...scopes]
    .flatMap(({ metrics }) => metrics.flatMap(({ dataPoints }) => dataPoints.map(({ value }) => value as number)))
    .reduce((sum, value) => sum + value, 0);
const encoded = (line: readonly string[], sums: readonly ScopeMetrics[], at = 1): Uint8Array =>
  inOneGo(encodeLegacy({ line, at }, sums));
const values = (id: number, value: number): Uint8Array =>
  encode({ id, threads: [{ thread: 0, scopeMetrics: counter(10, value) }] });

test('a legacy is what was left, as often as it is read', () => {
  const { line, sums } = decodeLegacy(encoded(['a', 'b'], counter(1000, 2)));
  expect(line).toEqual(['a', 'b']);
  for (let time = 0; time < 2; time++)
    expect(merge([{ scopeMetrics: sums }], options)).toEqual(merge([{ scopeMetrics: counter(1000, 2) }], options));
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('no')],
  ['another value', Buffer.concat([Buffer.from([0, 0, 0, encode(5).length]), encode(5)])],
])('%s is no legacy', (_what, bytes) => {
  expect(() => decodeLegacy(bytes)).toThrow();
});

test('of one metric with 2,500 series no step takes more than 200', () => {
  let steps = 0;
  for (const _step of encodeLegacy({ line: ['a'], at: 1 }, counter(2500, 1))) steps++;
  expect(steps).toBeGreaterThanOrEqual(12);
});

test('what has come counts at once, and is added up later', async () => {
  const retired = createRetired('a', options);
  retired.add([{ thread: 0, scopeMetrics: counter(3000, 1) }]);
  retired.add([{ thread: 0, scopeMetrics: counter(3000, 2) }]);
  retired.takeOver({ legacy: encoded(['b'], counter(10, 5)), own: values(1, 3) });
  retired.takeOver({ legacy: encoded(['b'], counter(10, 5)), own: values(1, 1) });
  const expected = 3000 * 3 + 10 * (5 - 3 - 1);
  expect(total(retired.sums())).toBe(expected);
  await retired.settle();
  expect(total(retired.sums())).toBe(expected);
});

test('a legacy that breaks off takes nothing else with it', async () => {
  vi.mocked(diag.limited).mockImplementation(() => {});
  const retired = createRetired('a', options);
  retired.add([{ thread: 0, scopeMetrics: counter(10, 1) }]);
  await retired.settle();
  retired.takeOver({ legacy: encoded(['b'], counter(1000, 5)).subarray(0, -10) });
  await retired.settle();
  expect(total(retired.sums())).toBe(10);
  expect(diag.limited).toHaveBeenCalledOnce();
});

test.each([
  ['first', [0, 1, 2]],
  ['last', [2, 1, 0]],
  ['in between', [1, 2, 0]],
])('of several legacies the newest counts, once, and comes %s', async (_when, order) => {
  const legacies = [
    { legacy: encoded(['c', 'b'], counter(10, 9)), own: values(1, 4) },
    { legacy: encoded(['b'], counter(10, 7), 2), own: values(1, 2) },
    { legacy: encoded(['b'], counter(10, 5), 1) },
  ];
  const retired = createRetired('a', options);
  for (const index of order) {
    retired.takeOver(legacies[index]!);
    await retired.settle();
  }
  expect(total(retired.sums())).toBe(10 * (9 - 4 - 2));
});

test('values that were sent to one server are not taken for those sent to the next', () => {
  const kept = createLegacyKeeper();
  kept.joined();
  kept.sent(1, values(1, 1));
  kept.left(1, encoded(['a'], []));
  kept.sent(2, values(2, 2));
  kept.joined();
  // The new one has nothing of this process yet.
  kept.left(2, encoded(['b'], []));
  expect(kept.current()).toEqual({ legacy: encoded(['a'], []), own: values(1, 1) });
  kept.sent(1, values(1, 3));
  kept.left(1, encoded(['b'], []));
  expect(kept.current()).toEqual({ legacy: encoded(['b'], []), own: values(1, 3) });
});

test('no more than the last two values are kept', () => {
  const kept = createLegacyKeeper();
  for (let id = 1; id <= 4; id++) kept.sent(id, values(id, id));
  for (const id of [1, 2]) kept.left(id, encoded(['a'], []));
  expect(kept.current()).toBeUndefined();
  kept.left(3, encoded(['a'], []));
  expect(kept.current()).toEqual({ legacy: encoded(['a'], []), own: values(3, 3) });
});

test('a process that has come new and got the port waits for what a member brings before it answers a scrape', async () => {
  const port = await freePort();
  launch('plain', port);
  const socket = await new Promise<ReturnType<typeof connect>>((resolve) => {
    const attempt = (): void => {
      const each = connect(port, '127.0.0.1', () => resolve(each)).on('error', () => setTimeout(attempt, 2));
    };
    attempt();
  });
  const page = scrape(port);
  socket.write(request(sibling(), port, undefined));
  setTimeout(() => socket.write(message('kept', { legacy: encoded(['b'], counter(10, 5)), own: values(1, 2) })), 30);
  // What it had counts until it says it itself, which this one never does.
  expect((await page)?.sum('hits_total')).toBe(50);
  socket.destroy();
});

test('a legacy that is too large for a message is not sent, and none is kept that could not be sent on; one line says so', async () => {
  vi.mocked(diag.limited).mockImplementation(() => {});
  const socket = new Socket();
  const write = vi.spyOn(socket, 'write');
  await leaveTo(new Uint8Array(MAX_CONTENT + 1), [{ socket, id: 1 }]);
  expect(write).not.toHaveBeenCalled();
  const kept = createLegacyKeeper();
  kept.sent(1, new Uint8Array(100));
  kept.left(1, new Uint8Array(MAX_CONTENT - 50));
  expect(kept.current()).toBeUndefined();
  expect(diag.limited).toHaveBeenCalledTimes(2);
});

test('a member that leaves and comes back counts once, however often', async () => {
  const port = await freePort();
  const app = launch('plain', port);
  await app.waitFor(/ready/);
  await app.order('work 5');
  await reads(port, 'it serves', (page) => page.sum('jobs_total') === 5);
  const who = sibling();
  for (let time = 1; time <= 3; time++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.resume().write(request(who, port, undefined));
    socket.write(message('kept', { legacy: encoded(['b'], counter(10, 5)), own: values(1, 2) }));
    // What it last said counts also before it says it again.
    if (time > 1) expect((await scrape(port))?.sum('hits_total')).toBe(10 * (5 - 2 + 3));
    socket.write(frame('values', values(1, 3)));
    await reads(port, 'its values', (page) => page.sum('hits_total') === 10 * (5 - 2 + 3));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await scrape(port))?.sum('hits_total')).toBe(10 * (5 - 2 + 3));
  }
});
