import { join } from 'node:path';
import { expect, test } from 'vitest';
import { register, root, run } from '../support/run.ts';

const parent = join(import.meta.dirname, 'apps/parent.cjs');

test.each([
  ['--import', register],
  ['--require', join(root, 'register.cjs')],
])('children inherit the preload through NODE_OPTIONS=%s', async (flag, preload) => {
  const { code, stdout, diagnostics } = await run([parent], {
    flags: [],
    env: {
      NODE_OPTIONS: `${flag} ${preload}`,
      FIRSTLIGHT: `${root}/dist/index.js`,
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  });

  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    'parent seen: true',
    'execFile seen: true',
    'shell seen: true',
    'fork seen: true',
  ]);
  expect(diagnostics).toEqual([]);
});
