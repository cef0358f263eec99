/** Runs a real library in a process of its own with the built preload, and brings back what was seen of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCollector, type Log, type Metric, type Span } from '../support/collector.ts';
import { installedApp } from '../support/install.ts';
import { run, type Finished, type RunOptions } from '../support/run.ts';

const apps = join(import.meta.dirname, 'apps');
const bodies = join(apps, 'libraries/bodies');

/** `libraries` has the newest versions, `former` and `older` earlier ones of some. */
export type App = 'libraries' | 'former' | 'older';
export const install = (app: App): Promise<string> => installedApp(join(apps, app));

export const FORMS = ['require', 'import'] as const;
export type Form = (typeof FORMS)[number];

export interface Library {
  readonly specifier: string;
  /** File of apps/libraries/bodies without extension, and a function of what is exported; default: the specifier. */
  readonly body?: string;
  /** Imported by its names, as `import * as library`, and not by its default. */
  readonly named?: true;
}

export interface Seen {
  readonly spans: readonly Span[];
  readonly logs: readonly Log[];
  readonly metrics: readonly Metric[];
  readonly end: Finished;
}

/** Writes an application that loads `library` in that form into `folder`, and runs it. */
export function runLibrary(folder: string, library: Library, form: Form, options: RunOptions = {}): Promise<Seen> {
  const { specifier, body = specifier, named } = library;
  const path = JSON.stringify(join(folder.includes('former') ? bodies : join(folder, 'bodies'), `${body}.cjs`));
  const sources = {
    require: `require(${path})(require('${specifier}'));`,
    import: `import ${named ? '* as library' : 'library'} from '${specifier}'; import body from ${path}; await body(library);`,
  };
  mkdirSync(join(folder, 'entries'), { recursive: true });
  const entry = join(folder, 'entries', `${body}.${form === 'require' ? 'cjs' : 'mjs'}`);
  writeFileSync(entry, sources[form]);
  return runFile(entry, options);
}

export async function runFile(file: string, options: RunOptions = {}): Promise<Seen> {
  const collector = await startCollector();
  try {
    const end = await run([file], {
      ...options,
      env: {
        OTEL_SERVICE_NAME: 'library',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_METRICS_EXPORTER: 'otlp',
        ...options.env,
      },
    });
    return { spans: collector.spans(), logs: collector.logs(), metrics: collector.metrics(), end };
  } finally {
    await collector.close();
  }
}

/** Writes these files below `folder`; returns where they are. */
export function written(folder: string, files: Readonly<Record<string, string>>): (file: string) => string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return (file) => join(folder, file);
}

/** The files of a package that stands for a library. */
export const standIn = (name: string, version: string, source: string): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'main.js' }),
  [`node_modules/${name}/main.js`]: source,
});

/** Each span as `kind name < parent`, the parent left out for roots; sorted. */
export function tree(spans: readonly Span[]): string[] {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return spans
    .map(({ kind, name, parentSpanId }) => {
      const parent = parentSpanId === '' ? '' : ` < ${names.get(parentSpanId) ?? 'a span that never came'}`;
      return `${kind} ${name}${parent}`;
    })
    .toSorted();
}

export const traceIds = (spans: readonly Span[]): Set<string> => new Set(spans.map(({ traceId }) => traceId));
