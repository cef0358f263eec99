import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schema, subjects } from '../../src/config/schema.ts';

const root = join(import.meta.dirname, '../..');

test('the generated pages are what the tables of settings and instrumentations say', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/docs.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('every setting belongs to one subject and has a row on the page', () => {
  const grouped = Object.values(subjects).flatMap((rows) => Object.keys(rows));
  expect(grouped.toSorted()).toEqual(Object.keys(schema).toSorted());
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  for (const name of grouped) expect(page).toContain(`| \`${name}\` |`);
});
