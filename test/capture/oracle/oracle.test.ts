/**
 * Every request of the table is sent to the same servers: alone, with OpenTelemetry's own instrumentations, and with
 * the preload. The application and its clients must see no difference; what is reported must be the same, but for the
 * differences that have a reason. One that is listed and no longer there is a fault too.
 */
import { networkInterfaces } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { register } from '../../support/run.ts';
import { reasoned, reasonedBehindProxies } from './differences.ts';
import type { Reasoned } from './differences/reasoned.ts';
import { differences, facetsOf, type Differences } from './facets.ts';
import { observe, seriesOf, type Observed } from './observe.ts';
import { requests } from './requests.ts';

const DURATION = 'http.server.request.duration';
const proxied = requests.filter(({ name }) => name.includes('Forwarded'));

let alone: Observed;
let stock: Observed;
let ours: Observed;
let behindProxies: Observed;

beforeAll(async () => {
  alone = await observe(requests, []);
  stock = await observe(requests, ['--import', '@opentelemetry/auto-instrumentations-node/register'], {
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,express',
    OTEL_NODE_RESOURCE_DETECTORS: 'none',
  });
  ours = await observe(requests, ['--import', register]);
  behindProxies = await observe(proxied, ['--import', register], { FIRSTLIGHT_TRUST_PROXY: 'all' });
});

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

describe.each(requests)('$name', ({ name, to }) => {
  test.skipIf(to === 'v6' && !hasIPv6)('is answered as without the preload', () => {
    expect(ours.answers.get(name)).toBe(alone.answers.get(name));
  });

  test.skipIf(to === 'v6' && !hasIPv6)('is reported as by the stock, but for what has a reason', () => {
    expect(found(name, ours)).toEqual(listed(name, reasoned));
  });
});

test.each(proxied)('behind a trusted proxy: $name', ({ name }) => {
  expect(found(name, behindProxies)).toEqual(listed(name, reasonedBehindProxies));
});

const found = (name: string, seen: Observed): Differences =>
  differences(facetsOf(stock.spans.get(name)!), facetsOf(seen.spans.get(name)!));
const listed = (name: string, rows: readonly Reasoned[]): Differences =>
  Object.assign({}, ...rows.filter((row) => row.requests.includes(name)).map(({ what }) => what)) as Differences;

test('every reason is one of a request of the table', () => {
  const names = requests.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  const told = [...reasoned, ...reasonedBehindProxies].flatMap((row) => row.requests);
  expect(told.filter((name) => !names.includes(name))).toEqual([]);
});

test('no span belongs to no request', () => {
  expect(ours.strays).toEqual([]);
});

test('the application prints what it prints alone, and nothing else is printed', () => {
  expect(lines(ours.stdout)).toEqual(lines(alone.stdout));
  expect(lines(ours.stderr)).toEqual(lines(alone.stderr));
});

const lines = (text: string): string[] => text.split('\n').toSorted();

describe('the metrics', () => {
  test('have each request once, with the attributes of its span', () => {
    expect(Object.fromEntries(ours.measured.get(DURATION)!)).toEqual(countOf(ours));
  });

  test('have it as the stock has it: unit, words, names of attributes, and its buckets among others', () => {
    const [{ bounds, ...of }, { bounds: ofStock, ...expected }] = [definitionIn(ours), definitionIn(stock)];
    expect(of).toEqual(expected);
    expect(bounds).toEqual(expect.arrayContaining([...ofStock]));
  });

  test('have the sizes of bodies, and no request is left active', () => {
    expect(ours.measured.get('http.server.request.body.size')?.size).toBeGreaterThan(0);
    expect(ours.measured.get('http.server.response.body.size')?.size).toBeGreaterThan(0);
    const active = ours.metrics.findLast(({ name }) => name === 'http.server.active_requests')!.points;
    expect(active.length).toBeGreaterThan(0);
    expect(active.filter(({ value }) => value !== 0)).toEqual([]);
  });
});

function definitionIn({ metrics }: Observed) {
  const [first, ...more] = metrics.filter(({ name }) => name === DURATION);
  const points = [first!, ...more].flatMap(({ points }) => points);
  const attributes = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
  const { unit, description, type } = first!;
  // Ours are parts of a table.
  return { unit, description: description.replace(/\.$/, ''), type, bounds: points[0]?.bounds ?? [], attributes };
}

const countOf = ({ spans }: Observed): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { attributes } of [...spans.values()].flat()) {
    const key = seriesOf(attributes);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};
