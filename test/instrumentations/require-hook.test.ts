/** What applications and libraries do to `require`, with a stand-in for Koa, whose `use` is patched. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register, run, type Finished } from '../support/run.ts';
import { standIn, written } from './library.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'firstlight-require-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KOA = 'module.exports = class Koa { use() {} };';
const PATCHED = 'const patched = (Koa) => Koa?.prototype?.use?.__original !== undefined;';
const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

interface App {
  readonly koa?: string;
  readonly app: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

let count = 0;
function runApp({ koa = KOA, app, files = {}, flags = [] }: App): Promise<Finished> {
  const at = written(join(folder, String(count++)), {
    ...standIn('koa', '2.99.0', koa),
    ...files,
    'app.cjs': `${PATCHED}\n${app}`,
  });
  return run([at('app.cjs')], { cwd: at(''), env: quiet, flags: ['--import', register, ...flags] });
}

const cases: Readonly<Record<string, App & { readonly prints: string }>> = {
  'deleted from the cache and required again': {
    app: `const first = require('koa'); delete require.cache[require.resolve('koa')]; const second = require('koa');
      console.log(first !== second, patched(first), patched(second));`,
    prints: 'true true true',
  },
  'throws at first and is required again': {
    koa: `if (!globalThis.ready) throw new Error('not yet'); ${KOA}`,
    app: `try { require('koa'); } catch (cause) { console.log(cause.message); }
      globalThis.ready = true; console.log(patched(require('koa')));`,
    prints: 'not yet\ntrue',
  },
  'JSON of a library': {
    app: `console.log(require('koa/package.json').version, patched(require('koa')));`,
    prints: '2.99.0 true',
  },
  '_compile patched by another before': {
    files: {
      'before.cjs': `const { prototype } = require('module'); const { _compile } = prototype;
        prototype._compile = function (content, file) { return _compile.call(this, content.replace('BEFORE', 'AFTER'), file); };`,
    },
    flags: ['--require', './before.cjs'],
    koa: `${KOA} module.exports.word = 'BEFORE';`,
    app: `const Koa = require('koa'); console.log(Koa.word, patched(Koa));`,
    prints: 'AFTER true',
  },
  '_compile patched by another afterwards': {
    koa: `${KOA} module.exports.word = 'BEFORE';`,
    app: `const Module = require('module'); const js = Module._extensions['.js'];
      Module._extensions['.js'] = (module, file) => {
        const { _compile } = module;
        module._compile = (content, name) => _compile.call(module, content.replace('BEFORE', 'AFTER'), name);
        js(module, file);
      };
      const Koa = require('koa'); console.log(Koa.word, patched(Koa));`,
    prints: 'AFTER true',
  },
  'require taken off its module': {
    app: `const { require: bare } = module; console.log(typeof bare('path').join);`,
    prints: 'function',
  },
  'a package of a workspace, linked from outside': {
    // As with OpenTelemetry's own hook: what lies in no node_modules is the application's.
    files: { 'packages/koa/package.json': '{"name":"koa","version":"2.98.0"}', 'packages/koa/index.js': KOA },
    app: `const fs = require('fs'); fs.rmSync('node_modules/koa', { recursive: true });
      fs.symlinkSync('../packages/koa', 'node_modules/koa'); console.log(patched(require('koa')));`,
    prints: 'false',
  },
  'a package of a workspace under --preserve-symlinks': {
    files: { 'packages/koa/package.json': '{"name":"koa","version":"2.98.0"}', 'packages/koa/index.js': KOA },
    flags: ['--preserve-symlinks'],
    app: `const fs = require('fs'); fs.rmSync('node_modules/koa', { recursive: true });
      fs.symlinkSync('../packages/koa', 'node_modules/koa'); console.log(patched(require('koa')));`,
    prints: 'true',
  },
};

test.each(Object.entries(cases))('%s', async (_name, { prints, ...app }) => {
  const { code, stdout, stderr } = await runApp(app);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${prints}\n`, stderr: '' });
});

test.each([
  ['frozen', 'class Koa { use() {} } Object.freeze(Koa.prototype); module.exports = Object.freeze(Koa);', 'function'],
  ['getters', 'Object.defineProperty(exports, "prototype", { get() { throw new Error("get"); } });', 'object'],
  ['null', 'module.exports = null;', 'object'],
  ['a primitive', 'module.exports = 7;', 'number'],
])('exports that cannot be patched stay as they are: %s', async (_name, koa, prints) => {
  const { code, stdout, diagnostics } = await runApp({ koa, app: "console.log(typeof require('koa'));" });
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${prints}\n` });
  expect(diagnostics).toEqual([expect.stringMatching(/^firstlight: instrumentation-koa: .+, switched off$/)]);
});

test('the layout of pnpm', async () => {
  const store = 'node_modules/.pnpm/koa@2.99.0';
  const at = written(join(folder, 'pnpm'), {
    ...Object.fromEntries(
      Object.entries(standIn('koa', '2.99.0', KOA)).map(([file, content]) => [`${store}/${file}`, content]),
    ),
    'app.cjs': `${PATCHED} console.log(patched(require('koa')));`,
    'app.mjs': `${PATCHED} import Koa from 'koa'; console.log(patched(Koa));`,
  });
  mkdirSync(dirname(at('node_modules/koa')), { recursive: true });
  symlinkSync('.pnpm/koa@2.99.0/node_modules/koa', at('node_modules/koa'));
  for (const app of ['app.cjs', 'app.mjs'])
    expect(await run([at(app)], { env: quiet })).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' });
});
