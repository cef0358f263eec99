import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rows } from '../../src/config/schema.ts';

const root = join(import.meta.dirname, '../..');

/** Read by a bundled package itself, by its path from node_modules. */
const upstream: Readonly<Record<string, string>> = {
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: '@opentelemetry/instrumentation-openai/dist/instrumentation.mjs',
};

/** The table, and what reads it without knowing what a setting is for. */
const TABLE = /^src\/config\/(schema\/|schema\.ts|read-settings\.ts)/;

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

/** Names as the sources write them: `OTEL_BSP_MAX_QUEUE_SIZE`, or `OTEL_${prefix}_MAX_QUEUE_SIZE` for many. */
const mentioned = globSync('src/**/*.ts', { cwd: root })
  .filter((path) => !TABLE.test(path))
  .flatMap(
    (path) => withoutComments(readFileSync(join(root, path), 'utf8')).match(/\b(OTEL|FIRSTLIGHT)_[\w${}]+/g) ?? [],
  )
  .map((name) => new RegExp(`^${name.replace(/\$\{\w+\}/g, '[A-Z]+(_[A-Z]+)*')}$`));

const isRead = (name: string): boolean =>
  mentioned.some((pattern) => pattern.test(name)) ||
  [...rows].some(([heir, row]) => row.inherits === name && isRead(heir));

test('every setting that claims an effect is read by somebody', () => {
  const effective = [...rows].filter(([, row]) => row.ignored === undefined).map(([name]) => name);
  expect(effective.filter((name) => !isRead(name))).toEqual(Object.keys(upstream));
});

test.each(Object.entries(upstream))('%s is read by %s', (name, path) => {
  expect(readFileSync(join(root, 'node_modules', path), 'utf8')).toContain(`("${name}"`);
});
