import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nodeBinary, SUPPORTED } from '../support/nodes.ts';
import { root, run } from '../support/run.ts';

const fixture = fileURLToPath(new URL('fixtures/permission.ts', import.meta.url));

const runWith = async (version: string, flags: readonly string[]) =>
  run([fixture], {
    node: await nodeBinary(version),
    flags: ['--permission', `--allow-fs-read=${root}`, '--no-warnings', ...flags],
  });

const [, before, after] = SUPPORTED;

test('where Node forbids to listen, one line says so and the application runs', async () => {
  const { code, stdout, diagnostics } = await runWith(after, []);
  expect(diagnostics).toEqual([
    'firstlight: Node runs with --permission and without --allow-net: /metrics is not served',
  ]);
  expect(stdout).toBe('no container, admin at undefined\n');
  expect(code).toBe(0);
});

test.each([
  [after, ['--allow-net']],
  [before, []],
])('where it does not (Node %s %j) /metrics is served, though the disk may not be read', async (version, flags) => {
  const { code, stdout, diagnostics } = await runWith(version, flags);
  expect(diagnostics).toEqual([]);
  expect(stdout).toMatch(/^no container, admin at http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(code).toBe(0);
});
