/** Who loads an SDK decides: a library may carry one, the application that asks for it owns its telemetry. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standIn, written } from '../instrumentations/library.ts';
import { register, run } from '../support/run.ts';

const SDK = '@opentelemetry/sdk-trace-base';
const ASIDE = `firstlight: the application loads ${SDK}, which owns its telemetry; Firstlight stands aside`;
const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'firstlight-rivals-')));
  written(folder, {
    ...standIn(SDK, '2.0.0', "require('./provider.js');"),
    [`node_modules/${SDK}/provider.js`]: '',
    [`node_modules/${SDK}/file.js`]: '',
    ...standIn('library', '1.0.0', `require('${SDK}');`),
    'node_modules/es-library/package.json': '{"type":"module","exports":"./main.js"}',
    'node_modules/es-library/main.js': `import '${SDK}';`,
    ...standIn('api-library', '1.0.0', "require('@opentelemetry/api');"),
    ...standIn('@opentelemetry/api', '1.99.0', ''),
    'node_modules/api-library/node_modules/@opentelemetry/api/package.json': '{"version":"1.9.0","main":"main.js"}',
    'node_modules/api-library/node_modules/@opentelemetry/api/main.js': '',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['a library alone', 'cjs', "require('library');", []],
  ['a library alone, imported', 'mjs', "import 'library';", []],
  ['a library that is an ES module alone', 'mjs', "import 'es-library';", []],
  ['a library first, then the application', 'cjs', `require('library'); require('${SDK}');`, [ASIDE]],
  ['a library first, then the application by import', 'mjs', `import 'library'; await import('${SDK}');`, [ASIDE]],
  ['a library that is an ES module first', 'mjs', `import 'es-library'; import '${SDK}';`, [ASIDE]],
  ['a library that is an ES module last', 'mjs', `import '${SDK}'; import 'es-library';`, [ASIDE]],
  ['a library first, then a file by the application', 'cjs', `require('library'); require('${SDK}/file.js');`, [ASIDE]],
  ['an agent that is not installed', 'cjs', "try { require('newrelic'); } catch { console.log('without'); }", []],
])('%s', async (name, extension, source, lines) => {
  const at = written(folder, { [`${name}.${extension}`]: source });
  const { code, stderr, diagnostics } = await run([at(`${name}.${extension}`)], { env: quiet });
  expect({ code, diagnostics }).toEqual({ code: 0, diagnostics: lines });
  expect(stderr.trim().split('\n').filter(Boolean)).toEqual(lines);
});

test('Node is not made to warn', async () => {
  const at = written(folder, { 'deprecation.cjs': "require('api-library');" });
  const flags = ['--pending-deprecation', '--import', register];
  expect(await run([at('deprecation.cjs')], { env: quiet, flags })).toMatchObject({ code: 0, stderr: '' });
});

test('every copy of the API is looked at', async () => {
  const at = written(folder, { 'copies.cjs': "require('api-library'); require('@opentelemetry/api');" });
  const { diagnostics } = await run([at('copies.cjs')], { env: quiet });
  expect(diagnostics).toEqual([expect.stringMatching(/@opentelemetry\/api 1\.99\.0 is newer/)]);
});
