/** What ours throws never reaches the application. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register, run } from '../support/run.ts';
import { runFile, standIn, written } from './library.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'firstlight-throwing-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

test.each([
  [
    'fastify',
    `require('fastify'); channel('fastify.initialization').publish(undefined);`,
    /fastify does not tell its routes/,
  ],
  [
    'undici',
    `const request = { method: 'GET', path: '/', origin: 'http://localhost', headers: [] };
     channel('undici:request:create').publish({ request });
     channel('undici:request:trailers').publish(null);`,
    /undici:request:trailers could not be noted/,
  ],
])('a subscriber of a diagnostics channel: %s', async (name, source, line) => {
  const at = written(join(folder, name), {
    ...standIn('fastify', '5.0.0', ''),
    'app.cjs': `const { channel } = require('diagnostics_channel'); ${source}
      setTimeout(() => console.log('goes on'), 50);`,
  });
  const { code, stdout, diagnostics } = await run([at('app.cjs')], { env: quiet });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'goes on\n' });
  expect(diagnostics).toEqual([expect.stringMatching(line)]);
});

test('options of bullmq that throw are read by bullmq alone', async () => {
  const at = written(join(folder, 'bullmq'), {
    ...standIn('bullmq', '5.50.0', "exports.QueueBase = require('./dist/cjs/classes/queue-base.js').QueueBase;"),
    'node_modules/bullmq/dist/cjs/classes/queue-base.js':
      'exports.QueueBase = class { constructor(name) { this.name = name; } };',
    'app.cjs': `const { QueueBase } = require('bullmq');
      console.log(new QueueBase('q', { get telemetry() { throw new Error('no'); } }).name);`,
  });
  const { code, stdout } = await run([at('app.cjs')], { env: quiet });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'q\n' });
});

test('a line of the console has a bound', async () => {
  const at = written(join(folder, 'console'), { 'app.cjs': "console.log('x'.repeat(100_000));" });
  const { logs, end } = await runFile(at('app.cjs'));
  expect(end.stdout).toHaveLength(100_001);
  expect(logs.map(({ body }) => body)).toEqual([`${'x'.repeat(65_536)}... 34464 more characters`]);
});

test('a start that fails half-way leaves nothing behind', async () => {
  const at = written(join(folder, 'half'), {
    'before.cjs': `globalThis.log = console.log; const { prototype } = require('module'); const { _compile } = prototype;
      Object.defineProperty(prototype, '_compile', { get: () => _compile, set() { throw new Error('mine'); } });`,
    'app.cjs': `process.stdout.write(JSON.stringify([
      console.log === globalThis.log,
      globalThis[Symbol.for('io.opentelemetry.js.api.logs')] === undefined,
      require('diagnostics_channel').hasSubscribers('undici:request:create'),
    ]));`,
  });
  const { code, stdout, diagnostics } = await run([at('app.cjs')], {
    env: quiet,
    flags: ['--require', at('before.cjs'), '--import', register],
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '[true,true,false]' });
  expect(diagnostics).toEqual([expect.stringMatching(/could not start; the application runs without it: mine/)]);
});
