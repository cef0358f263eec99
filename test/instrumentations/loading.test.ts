/** When and how instrumentations are loaded, and what happens where one cannot be. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { COMMONJS_ONLY, nodeBinary, SUPPORTED } from '../support/nodes.ts';
import { register, root } from '../support/run.ts';
import { FORMS, install, runFile, runLibrary, standIn, tree, written, type App, type Seen } from './library.ts';

const folders: Partial<Record<App, string>> = {};
const folder = (app: App = 'libraries'): string => folders[app] ?? '';
beforeAll(async () => {
  for (const app of ['libraries', 'former'] as const) folders[app] = await install(app);
}, 2 * INSTALL_TIMEOUT);

/** An application of these files. */
const application = (name: string, files: Readonly<Record<string, string>>): ((file: string) => string) =>
  written(join(folder(), 'made', name), files);

describe('a patch that throws', () => {
  // A memcached without the prototype that is patched.
  const files = {
    ...standIn('memcached', '2.2.2', 'module.exports = { get: () => "unpatched" };'),
    'app.cjs': "console.log(require('memcached').get());",
    'app.mjs': "import memcached from 'memcached'; console.log(memcached.get());",
  };

  test.each(['app.cjs', 'app.mjs'])('is one line, and %s goes on with its library', async (file) => {
    const { end } = await runFile(application('broken', files)(file));
    expect(end.stdout).toBe('unpatched\n');
    expect(end.diagnostics).toEqual([
      expect.stringMatching(/^firstlight: instrumentation-memcached: .+, switched off$/),
    ]);
    expect(end.stderr.trim().split('\n')).toHaveLength(1);
    expect(end.code).toBe(0);
  });
});

describe('a version that no instrumentation knows', () => {
  test.each(FORMS)('is one line: by %s', async (form) => {
    const { end } = await runLibrary(folder(), { specifier: 'openai' }, form);
    expect(end.diagnostics).toEqual([
      'firstlight: openai 7.55.0 is not instrumented: instrumentation-openai supports >=4.19.0 <7',
    ]);
    expect(end.stdout).toBe('stop\n');
    expect(end.code).toBe(0);
  });

  test('is no line for a library whose instrumented part is another package', async () => {
    // The patches for `redis` itself are for its old versions; the new ones are made of @redis/client.
    const at = application('redis', { 'app.cjs': "console.log(typeof require('redis').createClient);" });
    expect((await runFile(at('app.cjs'))).end).toMatchObject({ stdout: 'function\n', stderr: '' });
  });
});

test('a library that was loaded before is one line', async () => {
  const at = application('before', {
    'before.cjs': "require('pino');",
    'app.cjs': "require('pino')({ level: 'silent' });",
  });
  const flags = ['--require', at('before.cjs'), '--import', register];
  const { end } = await runFile(at('app.cjs'), { flags });
  expect(end.diagnostics).toEqual(['firstlight: pino was loaded before Firstlight and is not instrumented']);
  expect(end.code).toBe(0);
});

test("an API of the application that is newer than ours is one line, and its calls don't throw", async () => {
  const files = {
    ...standIn('@opentelemetry/api', '1.99.0', 'module.exports = require(process.env.REAL_API);'),
    'app.cjs': "require('@opentelemetry/api').trace.getTracer('app').startSpan('span').end();",
  };
  const env = { REAL_API: join(root, 'node_modules/@opentelemetry/api') };
  const { end } = await runFile(application('newer-api', files)('app.cjs'), { env });
  expect(end.diagnostics).toEqual([
    "firstlight: the application's @opentelemetry/api 1.99.0 is newer than 1.10.0, which Firstlight registers: what the application records through it is not seen",
  ]);
  expect(end.code).toBe(0);
});

describe('only what is used is loaded', () => {
  const report = `
    const { createRequire } = require('node:module');
    const loaded = Object.keys(createRequire(${JSON.stringify(register)}).cache).map((file) => file.split(/[\\\\/]/).pop());
    console.log(JSON.stringify(loaded.filter((file) => /^instrumentation-|^create-hook/.test(file)).sort()));`;
  const loaded = ({ end }: Seen): unknown => JSON.parse(end.stdout.trim().split('\n').at(-1) ?? '');

  test('nothing for an application without libraries, and no https', async () => {
    const at = application('alone', {
      'app.cjs': `console.log(process.moduleLoadList.includes('NativeModule https'));${report}`,
    });
    const seen = await runFile(at('app.cjs'), {
      env: { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    });
    expect(seen.end.stdout).toMatch(/^false$/m);
    expect(loaded(seen)).toEqual([]);
  });

  test('its instrumentation for a library', async () => {
    const at = application('one', { 'app.cjs': `require('koa');${report}` });
    expect(loaded(await runFile(at('app.cjs')))).toEqual(['instrumentation-koa.cjs']);
  });

  describe('what watches libraries, where somebody reads metrics', () => {
    const libraries = ['amqplib', 'bullmq', 'ioredis', 'lru-memoizer', 'memcached', 'mongodb', 'mysql2', 'pg', 'redis'];
    const app = {
      'app.mjs': `
        import { createRequire } from 'node:module';
        import { markActiveUser, registerQueue } from ${JSON.stringify(join(root, 'dist/index.js'))};
        const require = createRequire(import.meta.url);
        const { SpanKind, trace } = require(${JSON.stringify(join(root, 'node_modules/@opentelemetry/api'))});
        for (const library of ${JSON.stringify(libraries)}) require(library);
        const square = require('lru-memoizer').sync({ load: (n) => n * n, hash: String, max: 10 });
        console.log(square(3), square(3));
        trace.getTracer('test').startSpan('request', { kind: SpanKind.SERVER, attributes: { 'user.id': 'a' } }).end();
        markActiveUser('a');
        registerQueue('orders', () => 1)();
        const loaded = Object.keys(createRequire(${JSON.stringify(register)}).cache);
        console.log(loaded.filter((file) => file.endsWith('observers.cjs')).length);`,
    };

    test.each([
      { exporter: 'none', chunks: 0 },
      { exporter: 'otlp', chunks: 1 },
    ])('$exporter', async ({ exporter, chunks }) => {
      const env = { OTEL_METRICS_EXPORTER: exporter };
      const { end } = await runFile(application('unread', app)('app.mjs'), { env });
      expect(end.stdout).toBe(`9 9\n${chunks}\n`);
      expect(end.code).toBe(0);
    });
  });

  test('no parser of ES modules for CommonJS libraries that an ES module imports', async () => {
    const at = application('facade', {
      'app.mjs': `import 'pg'; import 'koa'; import 'express'; import 'socket.io'; import { createRequire } from 'node:module'; createRequire(import.meta.url)('./report.cjs');`,
      'report.cjs': report,
    });
    const names = ['express', 'koa', 'pg', 'socket.io'].map((name) => `instrumentation-${name}.cjs`);
    expect(loaded(await runFile(at('app.mjs')))).toEqual(expect.arrayContaining(names));
    expect(loaded(await runFile(at('app.mjs')))).not.toContain('create-hook.mjs');
  });

  test('nothing that is switched off', async () => {
    const at = application('off', { 'app.cjs': `require('koa'); require('express');${report}` });
    const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'koa' };
    expect(loaded(await runFile(at('app.cjs'), { env }))).toEqual(['instrumentation-express.cjs']);
  });
});

test('a library that comes with another copy of itself is patched in both', async () => {
  const files = {
    ...standIn(
      'memcached',
      '2.99.0',
      "module.exports = class Memcached { command() {} }; module.exports.copy = 'first';",
    ),
    ...Object.fromEntries(
      Object.entries(
        standIn(
          'memcached',
          '2.98.0',
          "module.exports = class Memcached { command() {} }; module.exports.copy = 'second';",
        ),
      ).map(([file, content]) => [`node_modules/other/${file}`, content]),
    ),
    ...standIn('other', '1.0.0', "module.exports = require('memcached');"),
    'app.cjs': `for (const Memcached of [require('memcached'), require('other')]) console.log(Memcached.copy, Memcached.prototype.command.__original !== undefined);`,
  };
  const { end } = await runFile(application('copies', files)('app.cjs'));
  expect(end.stdout).toBe('first true\nsecond true\n');
});

describe.each([...SUPPORTED, ...COMMONJS_ONLY])('Node %s', (version) => {
  const flagged = [
    ['--import', register],
    ['--require', join(root, 'register.cjs')],
  ] as const;

  test.each(FORMS)(
    'patches CommonJS libraries by %s, with either flag',
    async (form) => {
      const node = await nodeBinary(version);
      for (const flags of flagged) {
        const { spans, end } = await runLibrary(folder(), { specifier: 'express' }, form, { node, flags });
        expect(end.stderr).toBe('');
        expect(tree(spans)).toContain('server GET /api/users/:id < GET');
      }
    },
    INSTALL_TIMEOUT,
  );

  test(
    'patches what an ES module imports from node:http by name',
    async () => {
      const { spans } = await runFile(`${folder()}/http-named.mjs`, { node: await nodeBinary(version) });
      expect(tree(spans)).toEqual([...Array(3).fill('client GET'), ...Array(3).fill('server GET < GET')]);
    },
    INSTALL_TIMEOUT,
  );

  test(
    'patches a library that is an ES module, or says in one line that it cannot',
    async () => {
      const node = await nodeBinary(version);
      const { spans, end } = await runLibrary(folder('former'), { specifier: 'openai' }, 'import', { node });
      const able = !COMMONJS_ONLY.some((old) => old === version);
      expect(tree(spans).includes('client chat tiny')).toBe(able);
      expect(end.diagnostics).toEqual(
        able
          ? []
          : [`firstlight: openai is an ES module, which Node ${version} cannot instrument; 24.11.1 or newer can`],
      );
      expect(end.stdout).toBe('stop\n');
    },
    INSTALL_TIMEOUT,
  );
});
