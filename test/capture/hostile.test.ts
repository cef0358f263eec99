/** What applications and libraries do to requests and responses goes as it goes without us. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFile, written } from '../instrumentations/library.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { run } from '../support/run.ts';

const fixture = join(import.meta.dirname, 'fixtures/hostile.cjs');

test('the same is printed, and the process ends the same', async () => {
  const bare = await run([fixture], { flags: [] });
  const { end, spans, metrics } = await runFile(fixture);
  expect(end.stdout).toBe(bare.stdout);
  expect({ code: end.code, diagnostics: end.diagnostics }).toEqual({
    code: bare.code,
    // What is no request cannot be captured, which is said once.
    diagnostics: [expect.stringMatching(/a request could not be captured/)],
  });
  const servers = spans.filter(({ kind }) => kind === 'server');
  const paths = servers.map(({ attributes }) => String(attributes['url.path']));
  expect(paths).toHaveLength(new Set(paths).size);
  const events = servers.flatMap(({ events }) => events);
  expect(JSON.stringify(events.map(({ attributes }) => attributes)).length).toBeLessThan(100_000);
  const active = metrics.find(({ name }) => name === 'http.server.active_requests')?.points ?? [];
  expect(active.map(({ value }) => value)).toEqual([0]);
});

test('a crash shows the line of the application', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firstlight-crash-'));
  const at = written(folder, {
    'app.cjs': `const { createServer, get } = require('node:http');
const server = createServer(() => {
  throw new Error('of the application');
}).listen(0, '127.0.0.1', () => get({ port: server.address().port, host: '127.0.0.1' }).on('error', () => {}));
`,
  });
  const bare = await run([at('app.cjs')], { flags: [] });
  const { code, stderr } = await run([at('app.cjs')], {
    // Where it cannot be sent, which would be said.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOG_LEVEL: 'none' },
  });
  const untilStack = (text: string): string => text.slice(0, text.indexOf('    at '));
  expect(code).toBe(bare.code);
  expect(untilStack(stderr)).toBe(untilStack(bare.stderr));
});
