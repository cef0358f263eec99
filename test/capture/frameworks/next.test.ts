/** Next makes spans of its own: they are below ours, which has the route and the error. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { startCollector, type Span } from '../../support/collector.ts';
import { INSTALL_TIMEOUT, installedApp } from '../../support/install.ts';
import { start } from '../../support/run.ts';
import { answers } from './answers.ts';
import { freePort } from '../../support/free-port.ts';

let folder = '';
beforeAll(async () => {
  folder = await installedApp(join(import.meta.dirname, 'apps/next'));
  const build = [join(folder, 'node_modules/next/dist/bin/next'), 'build'];
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const;
  await promisify(execFile)(process.execPath, build, { cwd: folder, env });
}, 2 * INSTALL_TIMEOUT);

const ANSWERS = {
  '/': 'GET / 200',
  // Through the middleware of proxy.js, after which Next begins once more.
  '/users/7': 'GET /users/[id] 200',
  '/boom': 'GET /boom 500 page is broken',
  '/api/items/7': 'GET /api/items/[id] 200',
  '/api/boom': 'GET /api/boom 500 route is broken',
  '/legacy/7': 'GET /legacy/[id] 200',
  '/legacy/0': 'GET /legacy/[id] 500 the props are broken',
  '/api/old/7': 'GET /api/old/[id] 200',
  '/nowhere': 'GET 404',
};

const isServer = ({ kind }: Span): boolean => kind === 'server';

test.each([
  ['next start', ['node_modules/next/dist/bin/next', 'start', '--port', '0']],
  ['a server of its own', ['server.cjs']],
  ['a server of its own, an ES module', ['server.mjs']],
  ['a standalone server', ['.next/standalone/server.js']],
])('%s', async (_, [script = '', ...args]) => {
  const collector = await startCollector();
  const { child, waitFor, finished } = start([join(folder, script), ...args], {
    cwd: folder,
    env: {
      NODE_ENV: 'production',
      // A standalone server takes 0 for none, and has one of its own then.
      PORT: String(await freePort()),
      HOSTNAME: 'localhost',
      NEXT_TELEMETRY_DISABLED: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  try {
    const [origin] = await waitFor(/http:\/\/localhost:\d+/);
    for (const path of Object.keys(ANSWERS)) await (await fetch(origin + path)).text();
    await collector.waitFor(() => collector.spans().filter(isServer).length >= Object.keys(ANSWERS).length);
    const spans = collector.spans();
    expect(answers(spans)).toEqual(Object.values(ANSWERS));
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === '');
    expect(roots.filter((span) => !isServer(span))).toEqual([]);
    expect(spans.map(({ name }) => name)).toContain('render route (app) /users/[id]');
  } finally {
    child.kill('SIGKILL');
    expect((await finished).diagnostics).toEqual([]);
    await collector.close();
  }
});
