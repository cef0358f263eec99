import { readFileSync } from 'node:fs';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/instrumentations/catalogue.ts';
import { enabledRows } from '../../src/instrumentations/enabled.ts';

const packages = (): string[] => catalogue.map((row) => row.package);
const OWN = ['apollo', 'bullmq', 'console', 'fastify', 'hono', 'next', 'yoga'];

/** The keys of its InstrumentationMap, which is not exported: it depends on nothing else of that name. */
function namesOfTheMetaPackage(): string[] {
  const file = new URL('../package.json', import.meta.resolve('@opentelemetry/auto-instrumentations-node'));
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { readonly dependencies: object };
  return Object.keys(dependencies).filter((name) => name.startsWith('@opentelemetry/instrumentation-'));
}

test('has a row for every instrumentation of auto-instrumentations-node, and some more', () => {
  const theirs = namesOfTheMetaPackage();
  expect(theirs).toHaveLength(41);
  expect(
    packages()
      .filter((name) => theirs.includes(name))
      .toSorted(),
  ).toEqual(theirs.toSorted());
  expect(catalogue.filter((row) => !theirs.includes(row.package)).map((row) => row.name)).toEqual(OWN);
});

test('names every instrumentation as OTEL_NODE_ENABLED_INSTRUMENTATIONS does, once', () => {
  const names = catalogue.map((row) => row.name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, package: from } of catalogue) {
    if (!OWN.includes(name)) expect(from).toBe(`@opentelemetry/instrumentation-${name}`);
  }
});

test('names the class that the package exports, and all modules it has patches for', async () => {
  for (const row of catalogue) {
    if (OWN.includes(row.name)) continue;
    const exported = (await import(row.package)) as Record<
      string,
      new (config: object) => { getModuleDefinitions(): readonly { readonly name: string }[] }
    >;
    const Class = exported[row.className];
    expect(Class, row.name).toBeTypeOf('function');
    const patched = Class === undefined ? [] : new Class({ enabled: false }).getModuleDefinitions();
    expect(row.modules, row.name).toEqual(expect.arrayContaining(patched.map(({ name }) => name)));
  }
});

test('turns off by default what is off in auto-instrumentations-node, and what is noise', () => {
  const theirs = getNodeAutoInstrumentations({}).map(({ instrumentationName }) => instrumentationName);
  const off = catalogue.filter((row) => row.off === true).map((row) => row.name);
  expect(off).toEqual(['dns', 'fs', 'generic-pool', 'host-metrics', 'net']);
  expect(off.filter((name) => !theirs.includes(`@opentelemetry/instrumentation-${name}`))).toEqual([
    'fs',
    'host-metrics',
  ]);
});

const enabledNames = (choice: Partial<Parameters<typeof enabledRows>[1]>): string[] =>
  enabledRows(catalogue, { enabled: undefined, disabled: undefined, rows: {}, ...choice }).map((row) => row.name);

test('a list of enabled names replaces the defaults', () => {
  expect(enabledNames({ enabled: ['pg', 'net'] })).toEqual(['net', 'pg']);
});

test('a list of disabled names is taken from the defaults, or from the enabled ones', () => {
  const all = enabledNames({});
  expect(enabledNames({ disabled: ['pg'] })).toEqual(all.filter((name) => name !== 'pg'));
  expect(enabledNames({ enabled: ['pg', 'http'], disabled: ['pg'] })).toEqual(['http']);
});

test('the setting of a single row is stronger than both lists', () => {
  expect(enabledNames({ enabled: ['http'], rows: { net: { enabled: true } } })).toEqual(['http', 'net']);
  expect(enabledNames({ enabled: ['http', 'pg'], rows: { pg: { enabled: false } } })).toEqual(['http']);
  expect(enabledNames({ enabled: ['http'], disabled: ['pg'], rows: { pg: { enabled: true } } })).toEqual([
    'http',
    'pg',
  ]);
});
