/**
 * One esbuild call for every entry and every part that is loaded on first use, so that each piece of state exists
 * once, however the application reaches it. What is bundled is listed with its licence in dist/THIRD_PARTY_NOTICES.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { catalogue } from './src/instrumentations/catalogue.ts';

const root = import.meta.dirname;

/** Loaded by name through `loadChunk`, each from its own source file. */
const chunks = {
  preload: 'src/preload.ts',
  start: 'src/start.ts',
  'config-file': 'src/config/file.ts',
  propagators: 'src/propagators.ts',
  'cloud-detectors': 'src/cloud-detectors.ts',
  samplers: 'src/signals/remote-samplers.ts',
  'otlp-http': 'src/signals/otlp-http.ts',
  'otlp-grpc': 'src/signals/otlp-grpc.ts',
};

const entryPoints = [
  { in: 'register.ts', out: 'register' },
  { in: 'src/index.ts', out: 'dist/index' },
  { in: 'src/cli.ts', out: 'dist/cli' },
  ...Object.entries(chunks).map(([name, file]) => ({ in: file, out: `dist/${name}` })),
  ...catalogue.map((row) => {
    const own = `src/instrumentations/${row.name}.ts`;
    return { in: existsSync(join(root, own)) ? own : row.package, out: `dist/instrumentations/${row.name}` };
  }),
];

/** Two dialects of OpenTelemetry's packages that a bundler cannot see through. */
const openTelemetry: Plugin = {
  name: 'opentelemetry',
  setup({ onLoad, onResolve, resolve }) {
    // Their build hides lazy requires behind a `createRequire` of its own; at run time those packages are not there.
    onLoad({ filter: /@opentelemetry[\\/].*\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes('__require(')) return undefined;
      const imports = source.replace(/import \{([^}]*)\b__require\b,?([^}]*)\} from "([^"]*runtime\.mjs)";/, 'import {$1$2} from "$3";');
      return { contents: imports.replaceAll('__require(', 'require('), loader: 'js' };
    });
    // CommonJS packages would pull in the second, CommonJS half of every dual package: two copies of each state.
    onResolve({ filter: /^@opentelemetry\// }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'require-call' || pluginData === 'esm') return undefined;
      return resolve(path, { kind: 'import-statement', resolveDir, pluginData: 'esm' });
    });
  },
};

/** Built aside and put in place at the end, so that what is running keeps its files until then. */
const aside = mkdtempSync(join(root, '.build-'));

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints,
  outdir: aside,
  chunkNames: 'dist/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.15',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  plugins: [openTelemetry],
  // `@opentelemetry/instrumentation` gets our two hooks; the real import-in-the-middle is loaded by path, when needed.
  alias: {
    'require-in-the-middle': join(root, 'src/instrumentations/require-hook.ts'),
    'import-in-the-middle': join(root, 'src/instrumentations/import-hook.ts'),
  },
  external: ['./register.cjs'],
  define: { FIRSTLIGHT_VERSION: JSON.stringify(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version) },
  // CommonJS packages inside an ES module chunk still call `require` for Node's own modules.
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
});

writeFileSync(join(aside, 'dist/THIRD_PARTY_NOTICES'), notices(metafile));
if (process.argv.includes('--metafile')) writeFileSync(join(aside, 'dist/meta.json'), JSON.stringify(metafile));
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json', '--outDir', join(aside, 'dist/types')], {
  cwd: root,
  stdio: 'inherit',
});
for (const made of ['dist', 'register.js']) {
  rmSync(join(root, made), { recursive: true, force: true });
  renameSync(join(aside, made), join(root, made));
}
rmSync(aside, { recursive: true });

/** The licence text of every package that contributed at least one byte. */
function notices({ outputs }: Metafile): string {
  const packages = new Set<string>();
  for (const output of Object.values(outputs)) {
    for (const input of Object.keys(output.inputs)) {
      const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (match?.[1] !== undefined) packages.add(match[1]);
    }
  }
  return [...packages]
    .toSorted()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'COPYING']
        .map((candidate) => join(root, folder, candidate))
        .find(existsSync);
      const text = file === undefined ? '' : `\n\n${readFileSync(file, 'utf8').trim()}`;
      return `${name} ${version} (${license ?? 'see its package'})${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
