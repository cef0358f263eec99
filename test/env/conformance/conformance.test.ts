import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../support/run.ts';
import { cases } from './cases.ts';
import { differences, shownElsewhere, type Difference } from './differences.ts';
import { ours, upstream } from './observe.ts';

const met = new Set<Difference>();

/** `place: upstream → ours` for everything that is not the same and not listed. */
function unexpected(name: string, theirs: unknown, own: unknown, place = ''): string[] {
  if (Object.is(theirs, own)) return [];
  const known = differences.find(({ path, cases: only }) => path.test(place) && only?.test(name) !== false);
  if (known !== undefined) {
    met.add(known);
    return [];
  }
  if (!isTree(theirs) || !isTree(own) || Array.isArray(theirs) !== Array.isArray(own)) {
    return [`${place}: ${JSON.stringify(theirs)} → ${JSON.stringify(own)}`];
  }
  return [...new Set([...Object.keys(theirs), ...Object.keys(own)])].flatMap((key) =>
    unexpected(name, theirs[key], own[key], place === '' ? key : `${place}/${key}`),
  );
}

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

test.each(cases)('the same arrives as under NodeSDK: $name', async (row) => {
  const [theirs, own] = await Promise.all([upstream(row), ours(row)]);
  expect(theirs.exit).toBe(0);
  expect(unexpected(row.name, theirs, own)).toEqual([]);
});

test('what is compared is not nothing', async () => {
  const seen = await upstream({ name: 'plain', env: {} });
  expect(seen).toMatchObject({
    traces: { requests: [{ path: '/v1/traces' }], resource: [{ 'host.arch': expect.any(String) }], batches: [102] },
    metrics: { requests: [{ path: '/v1/metrics' }], items: { length: 6 } },
    logs: { requests: [{ path: '/v1/logs' }], items: [{ body: 'in a span' }, { body: { order: 7 } }] },
    seen: { recording: true, outgoing: { baggage: 'user=ann' } },
  });
});

test('every listed difference exists', () => {
  const stale = differences.filter((difference) => !met.has(difference) && !/container/.test(difference.path.source));
  expect(stale).toEqual([]);
});

test('every variable that NodeSDK honours is in a case or shown elsewhere', () => {
  const covered = new Set([...cases.flatMap(({ env }) => Object.keys(env)), ...Object.keys(shownElsewhere)]);
  expect(honoured().filter((name) => !covered.has(name))).toEqual([]);
  expect(Object.keys(shownElsewhere).filter((name) => !honoured().includes(name))).toEqual([]);
});

/** Every name of a variable in sdk-node and the packages it is made of. */
function honoured(): string[] {
  const modules = join(root, 'node_modules');
  const { dependencies } = JSON.parse(readFileSync(join(modules, '@opentelemetry/sdk-node/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const packages = [
    '@opentelemetry/sdk-node',
    '@opentelemetry/otlp-grpc-exporter-base',
    ...Object.keys(dependencies),
  ].filter((name) => name.startsWith('@opentelemetry/') && !/\/(instrumentation|configuration)$/.test(name));
  const names = packages.flatMap((name) => {
    const dist = join(modules, name, 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.mjs'));
    return files.flatMap((file) => [
      ...readFileSync(join(dist, file), 'utf8').matchAll(
        /["'`](OTEL_[A-Z_]+[A-Z](?:\$\{\w+\}\w+)?|OTEL_\w*\$\{\w+\}\w+)["'`]/g,
      ),
    ]);
  });
  const expanded = names.flatMap(([, name = '']) =>
    name.includes('$') ? ['TRACES', 'METRICS', 'LOGS'].map((signal) => name.replace(/\$\{\w+\}/, signal)) : [name],
  );
  return [...new Set(expanded)].toSorted();
}
