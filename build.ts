/**
 * `dist/` from `src/`. A start loads two CommonJS files: `preload.cjs`, which decides, and `chunks/start.cjs`, which
 * holds what nearly every application needs (a file costs a millisecond of start-up, an ES module twice that). The other
 * chunks are loaded on first use; what has state they take from those two, so that it exists once. What is bundled is
 * listed with its licence in dist/THIRD_PARTY_NOTICES.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { catalogue } from './src/instrumentations/catalogue.ts';
import { assertAllPatched, PATCHED_PACKAGES, patchUpstream } from './tools/upstream.ts';

const root = import.meta.dirname;

const instrumentations = Object.fromEntries(
  catalogue.flatMap((row) => {
    const own = ['instrumentations', 'instrumentations/libraries', 'capture', 'capture/frameworks']
      .map((folder) => `./src/${folder}/${row.name}.ts`)
      .find((file) => existsSync(join(root, file)));
    const chunk = [`instrumentation-${row.name}`, own ?? row.package];
    return row.layers === undefined ? [chunk] : [chunk, [`layers-${row.name}`, row.package]];
  }),
);

/** What `loadChunk` loads, by name. */
const chunks: Readonly<Record<string, string>> = {
  'transport-http': './src/delivery/transport-http.ts',
  spool: './src/delivery/spool/spool.ts',
  'encode-metrics': './src/delivery/otlp/metrics.ts',
  'metrics-pages': './src/metrics-pages.ts',
  group: './src/group/siblings.ts',
  'config-file': './src/config/file.ts',
  'rare-propagators': './src/propagation/rare-propagators.ts',
  'cloud-detectors': './src/resource/cloud-detectors.ts',
  'rare-samplers': './src/signals/rare-samplers.ts',
  statsd: './src/bridges/statsd/statsd.ts',
  observers: './src/metrics/observers.ts',
  'measure-spans': './src/metrics/measure-spans.ts',
  ...instrumentations,
};

/** Loaded by nearly every application: these lie in `start.cjs`, where they run on first use all the same. */
const everyday = [
  'transport-http',
  'encode-metrics',
  'instrumentation-http',
  'instrumentation-console',
  'instrumentation-runtime-node',
];

/** What must or should exist once in a process, and the file below `dist/` that has it. */
const once: Readonly<Record<string, 'preload' | 'chunks/start'>> = {
  './src/diag.ts': 'preload',
  './src/config/schema.ts': 'preload',
  './src/instrumentations/catalogue.ts': 'preload',
  './src/metrics/catalogue.ts': 'chunks/start',
  './src/capture/exchange.ts': 'chunks/start',
  './src/metrics/instrument.ts': 'chunks/start',
  '@opentelemetry/api': 'chunks/start',
  '@opentelemetry/instrumentation': 'chunks/start',
};

/** What OpenTelemetry's packages need on their way into the bundle. */
const openTelemetry: Plugin = {
  name: 'opentelemetry',
  setup({ onLoad, onResolve, resolve }) {
    onLoad({ filter: PATCHED_PACKAGES }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const contents = patchUpstream(path, source);
      return contents === source ? undefined : { contents, loader: 'js' };
    });
    // CommonJS packages would pull in the second, CommonJS half of every dual package.
    onResolve({ filter: /^@opentelemetry\// }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'require-call' || pluginData === 'esm') return undefined;
      return resolve(path, { kind: 'import-statement', resolveDir, pluginData: 'esm' });
    });
  },
};

/** `loadChunk` of a file that holds the chunks `here` itself. `folder` is where the others are, seen from it. */
const loadChunk = (here: readonly string[], folder: string): Plugin => ({
  name: 'load chunk',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]chunk\.ts$/ }, () => ({
      contents: `
        const here = { ${here.map((name) => `'${name}': () => require('${chunks[name]}')`).join(', ')} };
        const load = require;
        export const loadChunk = (name) => (here[name] ?? (() => load('${folder}' + name + '.cjs')))();`,
      resolveDir: root,
    }));
  },
});

/** Takes what exists once from the file that has it. `path` leads from the file that is built to `dist/`. */
const shared = (path: string, owners: readonly string[]): Plugin => ({
  name: 'shared',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@opentelemetry\/|\.ts$/ }, ({ path: name, resolveDir }) => {
      const key = name.startsWith('.') ? `./${relative(root, join(resolveDir, name))}` : name;
      return owners.includes(once[key] ?? '') ? { path: key, namespace: 'shared' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'shared' }, ({ path: key }) => ({
      contents: `module.exports = require('${path}${once[key]}.cjs').shared['${key}'];`,
      resolveDir: root,
    }));
  },
});

/** The entry of one of the two files: its `main`, and what the others take from it. */
const entry = (owner: string, main: string): NonNullable<BuildOptions['stdin']> => ({
  contents: `
    ${main}
    export const shared = { ${Object.keys(once)
      .filter((name) => once[name] === owner)
      .map((name) => `get '${name}'() { return require('${name}'); }`)
      .join(', ')} };`,
  resolveDir: root,
});

/** Built aside and put in place at the end, so that what is running keeps its files until then. */
const aside = mkdtempSync(join(root, '.build-'));

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22.15',
  minify: true,
  // Not in the package: for bench/profile.ts, which tells by them where time goes.
  sourcemap: process.argv.includes('--sourcemap') && 'external',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  // `@opentelemetry/instrumentation` gets our two hooks; the real import-in-the-middle is loaded by path, when needed.
  alias: {
    'require-in-the-middle': join(root, 'src/instrumentations/require-hook.ts'),
    'import-in-the-middle': join(root, 'src/instrumentations/import-hook.ts'),
  },
} satisfies BuildOptions;
const FIRSTLIGHT_VERSION = JSON.stringify(version);
// In CommonJS the path of the file serves `createRequire` as well as its URL.
const commonjs = { ...common, format: 'cjs', define: { FIRSTLIGHT_VERSION, 'import.meta.url': '__filename' } } as const;

const built = await Promise.all([
  build({
    ...commonjs,
    stdin: entry('preload', `export { preload } from './src/preload.ts';`),
    outfile: join(aside, 'dist/preload.cjs'),
    plugins: [loadChunk([], './chunks/'), openTelemetry],
  }),
  build({
    ...commonjs,
    stdin: entry('chunks/start', `export { start } from './src/start.ts';`),
    outfile: join(aside, 'dist/chunks/start.cjs'),
    plugins: [loadChunk(everyday, './'), shared('../', ['preload']), openTelemetry],
    external: ['../preload.cjs', '../chunks/start.cjs'],
  }),
  build({
    ...commonjs,
    entryPoints: Object.entries(chunks)
      .filter(([name]) => !everyday.includes(name))
      .map(([out, path]) => ({ in: path, out })),
    outdir: join(aside, 'dist/chunks'),
    outExtension: { '.js': '.cjs' },
    plugins: [shared('../', ['preload', 'chunks/start']), openTelemetry],
    external: ['../preload.cjs', '../chunks/start.cjs'],
  }),
  // The helper that sends at the end of a process must do without the rest, and so must what it loads.
  build({
    ...commonjs,
    entryPoints: [
      { in: 'src/delivery/helper.ts', out: 'helper' },
      { in: 'src/delivery/transport-grpc.ts', out: 'chunks/transport-grpc' },
    ],
    outdir: join(aside, 'dist'),
    outExtension: { '.js': '.cjs' },
    plugins: [loadChunk([], './chunks/'), openTelemetry],
  }),
  build({
    ...common,
    format: 'esm',
    define: { FIRSTLIGHT_VERSION },
    entryPoints: [
      { in: 'register.ts', out: 'register' },
      { in: 'src/index.ts', out: 'dist/index' },
      { in: 'src/cli.ts', out: 'dist/cli' },
    ],
    outdir: aside,
    external: ['./register.cjs'],
  }),
]);

assertAllPatched();
if (process.argv.includes('--metafile')) {
  writeFileSync(join(root, 'bench/results/bundle.json'), JSON.stringify(built.map(({ metafile }) => metafile)));
}
writeFileSync(join(aside, 'dist/THIRD_PARTY_NOTICES'), notices(built.map(({ metafile }) => metafile)));
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json', '--outDir', join(aside, 'dist/types')],
  { cwd: root, stdio: 'inherit' },
);
// The doors have nothing to offer but to be imported and required.
for (const types of ['register.d.ts', 'register.d.cts'])
  writeFileSync(join(aside, 'dist/types', types), 'export {};\n');
for (const made of ['dist', 'register.js']) {
  rmSync(join(root, made), { recursive: true, force: true });
  renameSync(join(aside, made), join(root, made));
}
rmSync(aside, { recursive: true });

/** Every package that contributed at least one byte; a licence text that many share stands once. */
function notices(metafiles: readonly Metafile[]): string {
  const folders = new Set<string>();
  for (const input of metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)),
  )) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const byLicence = new Map<string, string[]>();
  for (const folder of [...folders].toSorted()) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    const text = licenceText(folder) ?? String(license);
    byLicence.set(text, [...(byLicence.get(text) ?? []), `${name} ${version} (${license ?? 'see below'})`]);
  }
  return [...byLicence]
    .map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceText(folder: string): string | undefined {
  const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'COPYING']
    .map((candidate) => join(root, folder, candidate))
    .find(existsSync);
  return file && readFileSync(file, 'utf8').trim();
}
