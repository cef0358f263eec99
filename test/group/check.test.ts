/** What a member may say, and what becomes of one that says something else. */
import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { DataPointType, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test, vi } from 'vitest';
import * as diag from '../../src/diag.ts';
import { check } from '../../src/group/check.ts';
import { message, type ThreadValues } from '../../src/group/frames.ts';
import { createServer } from '../../src/group/server.ts';
import { sibling } from './harness.ts';

vi.mock('../../src/diag.ts', { spy: true });
afterEach(() => vi.resetAllMocks());

const said = (point: object = {}, metric: object = {}): readonly ThreadValues[] => {
  const dataPoint = { attributes: { k: '1' }, startTime: [1, 0], endTime: [2, 0], value: 5, ...point };
  const descriptor = { name: 'hits', description: '', unit: '', valueType: 1 };
  const data = { descriptor, dataPointType: DataPointType.SUM, isMonotonic: true, aggregationTemporality: 1 };
  const metrics = [{ ...data, dataPoints: [dataPoint], ...metric }];
  return [{ thread: 0, scopeMetrics: [{ scope: { name: 'scope' }, metrics }] as unknown as ScopeMetrics[] }];
};
const EXPLICIT = { dataPointType: DataPointType.HISTOGRAM };
const explicit = (more: object): object => ({
  value: { buckets: { boundaries: [1, 2], counts: [1, 1, 1] }, count: 3, sum: 3, min: 0, max: 3, ...more },
});
const EXPONENTIAL = { dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM };
const exponential = (more: object): object => {
  const side = { offset: 0, bucketCounts: [1] };
  return { value: { scale: 3, count: 2, sum: 1, zeroCount: 0, positive: side, negative: side, ...more } };
};
const exemplar = (more: object = {}): object => ({
  exemplars: [undefined, { value: 1, time: 1, traceId: 'ab', spanId: '', ...more }],
});
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const cycle: Record<string, unknown> = {};
cycle['itself'] = cycle;

test.each([
  ['a counter', said()],
  ['what rounding took', said({ rest: [1e-20] })],
  ['an exemplar', said(exemplar())],
  [
    'nested attributes',
    said({ attributes: { a: { b: [1, null, true] }, bytes: new Uint8Array(3), deep: nested(16) } }),
  ],
  ['a negative gauge', said({ value: -5 }, { dataPointType: DataPointType.GAUGE })],
  ['a histogram', said(explicit({}), EXPLICIT)],
  ['one without a sum', said(explicit({ sum: undefined, min: undefined, max: undefined }), EXPLICIT)],
  ['an exponential histogram', said(exponential({}), EXPONENTIAL)],
])('%s may be said', (_what, threads) => {
  expect(() => check(1, threads)).not.toThrow();
});

test.each([
  ['a remainder that is no list', said({ rest: 5 })],
  ['a remainder of text', said({ rest: ['x'] })],
  ['an infinite remainder', said({ rest: [Infinity] })],
  ['exemplars that are no list', said({ exemplars: 5 })],
  ['an exemplar that is null', said({ exemplars: [null] })],
  ['an exemplar without a value', said(exemplar({ value: undefined }))],
  ['a trace id that is more of the page', said(exemplar({ traceId: 'a"} 1\nevil 1\n' }))],
  ['a BigInt', said({ attributes: { b: 10n } })],
  ['a BigInt further down', said({ attributes: { b: [{ c: 10n }] } })],
  ['a cycle', said({ attributes: cycle })],
  ['a mark that is no text', said({ series: {} })],
  ['a unit that is no text', said({}, { descriptor: { name: 'n', description: '', unit: 5 } })],
  ['a counter below 0', said({ value: -1 })],
  ['a metric of an unknown kind', said({}, { dataPointType: 9 })],
  ['too few counts', said(explicit({ buckets: { boundaries: [1, 2], counts: [1] } }), EXPLICIT)],
  ['a count below 0', said(explicit({ buckets: { boundaries: [1], counts: [1, -1] } }), EXPLICIT)],
  ['a sum that is text', said(explicit({ sum: 'x\nevil 1' }), EXPLICIT)],
  [
    'an offset beyond all numbers',
    said(exponential({ positive: { offset: 2 ** 52, bucketCounts: [1] } }), EXPONENTIAL),
  ],
])('%s may not', (_what, threads) => {
  expect(() => check(1, threads)).toThrow('values of another form');
});

test('a member whose values cannot be added up costs itself alone', async () => {
  vi.mocked(diag.limited).mockImplementation(() => {});
  const own = { resource: {} as never, threads: said() };
  const server = createServer({
    own: { collect: async () => own, collectNow: () => own },
    id: 'a',
    letGo: () => {},
    acrossOf(metric) {
      if (metric === 'bad') throw new Error('of some reason');
      return undefined;
    },
  });
  const GAUGE = { dataPointType: DataPointType.GAUGE };
  const sockets = ['hits', 'bad'].map((name) => {
    const socket = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() }) as Socket;
    const descriptor = { name, description: '', unit: '' };
    const threads = said({}, name === 'bad' ? { ...GAUGE, descriptor } : { descriptor });
    server.join(socket, message('values', { id: 1, threads }), { ...sibling(), worker: undefined });
    return socket;
  });
  const { scopeMetrics } = await server.collect(100);
  expect(scopeMetrics[0]?.metrics.map(({ dataPoints }) => dataPoints.map(({ value }) => value))).toEqual([[10]]);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, true]);
  expect(diag.limited).toHaveBeenCalledOnce();
  server.close();
});
