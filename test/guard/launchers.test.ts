import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { installedApp, INSTALL_TIMEOUT, path } from '../support/install.ts';
import { register, root, start } from '../support/run.ts';
import { freePort } from '../support/free-port.ts';

let app: string;
let collector: Collector;
beforeAll(async () => {
  app = await installedApp(join(import.meta.dirname, 'apps/launchers'));
  collector = await startCollector();
}, INSTALL_TIMEOUT);
afterEach(() => collector.clear());
afterAll(() => collector.close());

const bin = (name: string): string => join(app, 'node_modules/.bin', name);

/** How people start an application. */
const launchers: readonly { readonly name: string; readonly command: () => readonly string[] }[] = [
  { name: 'npm start', command: () => [bin('npm'), 'start'] },
  { name: 'npx -c', command: () => [bin('npx'), '--no', '-c', 'node app.cjs'] },
  { name: 'npx tsx', command: () => [bin('npx'), '--no', 'tsx', 'app.mts'] },
  { name: 'yarn', command: () => [bin('yarn'), 'start'] },
  { name: 'pnpm', command: () => [bin('pnpm'), 'start'] },
  { name: 'tsx', command: () => [bin('tsx'), 'app.mts'] },
  { name: 'tsx watch', command: () => [bin('tsx'), 'watch', 'app.mts'] },
  { name: 'node --watch', command: () => [process.execPath, '--watch', 'app.cjs'] },
  { name: 'node --watch-path', command: () => [process.execPath, '--watch-path', app, 'app.cjs'] },
  { name: 'node --run', command: () => [process.execPath, '--run', 'start'] },
  { name: 'nodemon', command: () => [bin('nodemon'), 'app.cjs'] },
  { name: 'ts-node-dev', command: () => [bin('ts-node-dev'), '--transpile-only', 'app.cjs'] },
  { name: 'nodemon with npm', command: () => [bin('nodemon'), '--exec', 'npm start'] },
];
/** These go on when the application has ended, and wait for a file to change. */
const WATCHES = /watch|nodemon|ts-node-dev/;

test.each(launchers)('$name leaves the metrics port and the name to the application', async ({ name, command }) => {
  const port = await freePort();
  const [program = '', ...args] = command();
  const started = start(args, {
    node: program,
    flags: [],
    cwd: app,
    env: {
      PATH: path,
      NODE_OPTIONS: `--import ${register}`,
      FIRSTLIGHT: `${root}/dist/index.js`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
      CI: 'true',
    },
  });
  const [line] = await started.waitFor(/^\{"pid.*$/m);
  const { pid, admin, service } = JSON.parse(line) as { pid: number; admin?: string; service: string };
  // What the application sends at its end.
  await collector.waitFor(() => collector.logs().length > 0);
  if (WATCHES.test(name)) started.child.kill('SIGKILL');
  const { diagnostics } = await started.finished;

  expect(diagnostics).toEqual([]);
  expect(admin).toContain(`:${port}`);
  expect(service).toBe('launched-app');
  const resources = [...collector.spans(), ...collector.metrics(), ...collector.logs()].map(({ resource }) => resource);
  expect(new Set(resources.map((resource) => resource['service.name']))).toEqual(new Set(['launched-app']));
  expect(new Set(resources.map((resource) => Number(resource['process.pid'])))).toEqual(new Set([pid]));
});
