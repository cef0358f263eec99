/** Ends that no application should have, and some do. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCollector, tlsFiles, type Collector } from '../support/collector.ts';
import { root, run } from '../support/run.ts';

let collector: Collector;
let folder: string;
beforeEach(async () => {
  collector = await startCollector();
  folder = mkdtempSync(join(tmpdir(), 'firstlight-odd-'));
});
afterEach(async () => {
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
});

const PRELUDE = `
const spans = (name, n) => { for (let i = 0; i < n; i++) require('@opentelemetry/api').trace.getTracer('t').startSpan(name + i).end(); };
`;

const end = (code: string, env: Readonly<Record<string, string>> = {}, flags?: readonly string[]) =>
  run(['-e', PRELUDE + code], {
    cwd: root,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    },
    ...(flags && { flags }),
  });
const names = (): string[] => collector.spans().map(({ name }) => name);

/** The same, without us. */
async function expectParity(code: string): Promise<void> {
  const without = code.replaceAll(/\bspans\([^)]*\);?/g, '');
  const [bare, ours] = [await end(without, {}, []), await end(code)];
  expect([ours.code, ours.signal, ours.stdout]).toEqual([bare.code, bare.signal, bare.stdout]);
  expect(ours.diagnostics).toEqual([]);
}

test.each(['1234', '999', '333', '2147483647'])('an exit timeout of %s ms', async (timeout) => {
  const { diagnostics } = await end(`spans('a', 5); process.exit()`, { FIRSTLIGHT_EXIT_TIMEOUT: timeout });
  expect(diagnostics).toEqual([]);
  expect(names()).toHaveLength(5);
});

test.each([
  ['stands still', 'Date.now = () => 0; performance.now = () => 0;'],
  ['goes back', 'const { now } = Date; Date.now = () => now() - 10_000;'],
  ['is somebody else’s', 'globalThis.Date = class { static now() { return NaN } };'],
])('a clock that %s', async (_how, code) => {
  const { diagnostics } = await end(`${code} spans('a', 10);`);
  expect(diagnostics).toEqual([]);
  expect(names()).toHaveLength(10);
});

test('timers that return numbers', async () => {
  const code = `
    for (const name of ['setTimeout', 'setImmediate', 'setInterval']) { const real = globalThis[name]; globalThis[name] = (...a) => Number(real(...a)[Symbol.toPrimitive]?.() ?? 1); }
    spans('a', 600); console.log('ok');`;
  await expectParity(code);
  expect(new Set(names()).size).toBe(600);
});

test('an exit that somebody prevents is no end', async () => {
  await end(`
    process.once('exit', () => { throw new Error('not yet'); });
    spans('a', 5);
    try { process.exit(0); } catch {}
    spans('b', 5);
    setTimeout(() => { spans('c', 5); process.exit(4); }, 2500);`);
  expect(new Set(names()).size).toBe(15);
});

test('and the spool is still that of a living process', async () => {
  const { code } = await end(
    `
    process.once('exit', () => { throw new Error('not yet'); });
    try { process.exit(0); } catch {}
    setTimeout(() => console.log(require('fs').readdirSync(process.env.FIRSTLIGHT_SPOOL_DIR).filter((n) => n.endsWith('.alive')).length), 200);`,
    { FIRSTLIGHT_SPOOL_DIR: folder },
  ).then((ended) => ({ ...ended, code: ended.stdout.trim() }));
  expect(code).toBe('1');
  expect(readdirSync(folder)).toEqual([]);
});

test('a handler of exceptions that throws itself', async () => {
  await expectParity(
    `process.on('uncaughtException', () => { throw new Error('second'); }); spans('a', 3); throw new Error('first')`,
  );
  expect(names()).toHaveLength(3);
});

test.each(['0', 'String(process.pid)'])('a signal to itself, as %s', async (pid) => {
  const code = `process.stdin.resume(); spans('a', 3); process.kill(${pid}, 'SIGUSR2'); console.log('after');`;
  const child = `require('child_process').spawnSync(process.execPath, [...process.execArgv, '-e', ${JSON.stringify(PRELUDE + code)}], { stdio: 'inherit', detached: true })`;
  const { stdout } = await end(`const { signal } = ${child}; console.log(signal);`);
  expect(stdout).toBe('SIGUSR2\n');
  expect(names()).toHaveLength(3);
});

test('a client certificate that is none is a line, and no crash', async () => {
  const broken = join(folder, 'broken.pem');
  writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n');
  const { code, stdout, diagnostics } = await end(`spans('a', 3); setTimeout(() => console.log('alive'), 3000)`, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('http:', 'https:'),
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: broken,
    OTEL_EXPORTER_OTLP_CLIENT_KEY: tlsFiles.clientKey,
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  expect([code, stdout]).toEqual([0, 'alive\n']);
  expect(diagnostics.at(-1)).toMatch(/lost 3 of 3 spans/);
});

/** Answers 503, and counts how often it was asked. */
async function overloaded(
  retryAfter: string,
): Promise<{ readonly server: Server; readonly url: string; asked(): number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    request.resume();
    response.writeHead(503, { 'retry-after': retryAfter }).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

test.each(['0', '1.5', 'Mon, 01 Jan 2001 00:00:00 GMT', '-5'])(
  'Retry-After: %s is no reason to hurry',
  async (retryAfter) => {
    const { server, url, asked } = await overloaded(retryAfter);
    await end(`spans('a', 3); setTimeout(() => {}, 2500)`, {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    server.close();
    expect(asked()).toBeLessThan(12);
  },
);

test.each(['/proc/nope', '/dev/null/x'])('a spool that cannot be, %s, is one line', async (place) => {
  const { code, diagnostics } = await end(`spans('a', 3)`, { FIRSTLIGHT_SPOOL_DIR: place });
  expect(code).toBe(0);
  expect(diagnostics).toEqual([expect.stringContaining('cannot be used, nothing is kept on disk')]);
  expect(names()).toHaveLength(3);
});

test('a spool of a relative path stays where it was', async () => {
  const { diagnostics } = await run(['-e', `${PRELUDE} process.chdir('/'); spans('a', 3); process.exit()`], {
    cwd: folder,
    env: {
      NODE_PATH: join(root, 'node_modules'),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_METRICS_EXPORTER: 'none',
      FIRSTLIGHT_SPOOL_DIR: 'spool',
    },
  });
  expect(diagnostics).toEqual([]);
  expect(readdirSync(join(folder, 'spool'))).toEqual([expect.stringMatching(/\.traces\.0\.protobuf\.3$/)]);
});
