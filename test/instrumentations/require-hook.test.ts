/** What applications and libraries do to `require`, with a stand-in for Memcached, whose `command` is patched. */
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

const MEMCACHED = 'module.exports = class Memcached { command() {} };';
const PATCHED = 'const patched = (Memcached) => Memcached?.prototype?.command?.__original !== undefined;';
const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

interface App {
  readonly memcached?: string;
  readonly app: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

let count = 0;
function runApp({ memcached = MEMCACHED, app, files = {}, flags = [] }: App): Promise<Finished> {
  const at = written(join(folder, String(count++)), {
    ...standIn('memcached', '2.99.0', memcached),
    ...files,
    'app.cjs': `${PATCHED}\n${app}`,
  });
  return run([at('app.cjs')], { cwd: at(''), env: quiet, flags: ['--import', register, ...flags] });
}

const cases: Readonly<Record<string, App & { readonly prints: string }>> = {
  'deleted from the cache and required again': {
    app: `const first = require('memcached'); delete require.cache[require.resolve('memcached')]; const second = require('memcached');
      console.log(first !== second, patched(first), patched(second));`,
    prints: 'true true true',
  },
  'throws at first and is required again': {
    memcached: `if (!globalThis.ready) throw new Error('not yet'); ${MEMCACHED}`,
    app: `try { require('memcached'); } catch (cause) { console.log(cause.message); }
      globalThis.ready = true; console.log(patched(require('memcached')));`,
    prints: 'not yet\ntrue',
  },
  'JSON of a library': {
    app: `console.log(require('memcached/package.json').version, patched(require('memcached')));`,
    prints: '2.99.0 true',
  },
  '_compile patched by another before': {
    files: {
      'before.cjs': `const { prototype } = require('module'); const { _compile } = prototype;
        prototype._compile = function (content, file) { return _compile.call(this, content.replace('BEFORE', 'AFTER'), file); };`,
    },
    flags: ['--require', './before.cjs'],
    memcached: `${MEMCACHED} module.exports.word = 'BEFORE';`,
    app: `const Memcached = require('memcached'); console.log(Memcached.word, patched(Memcached));`,
    prints: 'AFTER true',
  },
  '_compile patched by another afterwards': {
    memcached: `${MEMCACHED} module.exports.word = 'BEFORE';`,
    app: `const Module = require('module'); const js = Module._extensions['.js'];
      Module._extensions['.js'] = (module, file) => {
        const { _compile } = module;
        module._compile = (content, name) => _compile.call(module, content.replace('BEFORE', 'AFTER'), name);
        js(module, file);
      };
      const Memcached = require('memcached'); console.log(Memcached.word, patched(Memcached));`,
    prints: 'AFTER true',
  },
  'require taken off its module': {
    app: `const { require: bare } = module; console.log(typeof bare('path').join);`,
    prints: 'function',
  },
  'a package of a workspace, linked from outside': {
    // As with OpenTelemetry's own hook: what lies in no node_modules is the application's.
    files: {
      'packages/memcached/package.json': '{"name":"memcached","version":"2.98.0"}',
      'packages/memcached/index.js': MEMCACHED,
    },
    app: `const fs = require('fs'); fs.rmSync('node_modules/memcached', { recursive: true });
      fs.symlinkSync('../packages/memcached', 'node_modules/memcached'); console.log(patched(require('memcached')));`,
    prints: 'false',
  },
  'a package of a workspace under --preserve-symlinks': {
    files: {
      'packages/memcached/package.json': '{"name":"memcached","version":"2.98.0"}',
      'packages/memcached/index.js': MEMCACHED,
    },
    flags: ['--preserve-symlinks'],
    app: `const fs = require('fs'); fs.rmSync('node_modules/memcached', { recursive: true });
      fs.symlinkSync('../packages/memcached', 'node_modules/memcached'); console.log(patched(require('memcached')));`,
    prints: 'true',
  },
};

test.each(Object.entries(cases))('%s', async (_name, { prints, ...app }) => {
  const { code, stdout, stderr } = await runApp(app);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${prints}\n`, stderr: '' });
});

test.each([
  [
    'frozen',
    'class Memcached { command() {} } Object.freeze(Memcached.prototype); module.exports = Object.freeze(Memcached);',
    'function',
  ],
  ['getters', 'Object.defineProperty(exports, "prototype", { get() { throw new Error("get"); } });', 'object'],
  ['null', 'module.exports = null;', 'object'],
  ['a primitive', 'module.exports = 7;', 'number'],
])('exports that cannot be patched stay as they are: %s', async (_name, memcached, prints) => {
  const { code, stdout, diagnostics } = await runApp({ memcached, app: "console.log(typeof require('memcached'));" });
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${prints}\n` });
  expect(diagnostics).toEqual([expect.stringMatching(/^firstlight: instrumentation-memcached: .+, switched off$/)]);
});

test('the layout of pnpm', async () => {
  const store = 'node_modules/.pnpm/memcached@2.99.0';
  const at = written(join(folder, 'pnpm'), {
    ...Object.fromEntries(
      Object.entries(standIn('memcached', '2.99.0', MEMCACHED)).map(([file, content]) => [`${store}/${file}`, content]),
    ),
    'app.cjs': `${PATCHED} console.log(patched(require('memcached')));`,
    'app.mjs': `${PATCHED} import Memcached from 'memcached'; console.log(patched(Memcached));`,
  });
  mkdirSync(dirname(at('node_modules/memcached')), { recursive: true });
  symlinkSync('.pnpm/memcached@2.99.0/node_modules/memcached', at('node_modules/memcached'));
  for (const app of ['app.cjs', 'app.mjs'])
    expect(await run([at(app)], { env: quiet })).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' });
});
