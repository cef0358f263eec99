/** What runs, said without secrets: the answer of `status()` and of `/status`, and the line at start. */
import type { Resource } from '@opentelemetry/resources';
import { inForce } from './config/in-force.ts';
import type { Loaded } from './config/load.ts';
import { maskUrl } from './config/mask.ts';
import type { ExporterPlan, Pipeline } from './config/pipeline.ts';
import { knownAttributes } from './resource/known-attributes.ts';
import type { Accounts, Status } from './instance.ts';

export interface Running {
  admin(): string | undefined;
  instrumentations(): readonly string[];
  accounts(): Accounts;
}

/** `pipeline` is the one that runs, which in a worker thread is not the one that was asked for. */
export function createReport(loaded: Loaded, pipeline: Pipeline, resource: Resource, running: Running): () => Status {
  const started = performance.now();
  return () => {
    const admin = running.admin();
    return {
      version: FIRSTLIGHT_VERSION,
      node: process.versions.node,
      pid: process.pid,
      uptime: Math.round((performance.now() - started) / 1000),
      service: serviceOf(resource),
      ...(admin !== undefined && { admin }),
      signals: signalsOf(pipeline),
      delivery: running.accounts(),
      instrumentations: running.instrumentations(),
      problems: loaded.problems,
      settings: settingsOf(loaded),
    };
  };
}

function settingsOf(loaded: Loaded): Status['settings'] {
  return Object.fromEntries(
    inForce(loaded).flatMap(({ name, value, origin }) => (value === undefined ? [] : [[name, { value, origin }]])),
  );
}

function signalsOf({ traces, metrics, logs }: Pipeline): Status['signals'] {
  return {
    traces: traces.processors.map(({ exporter }) => destination(exporter)),
    metrics: metrics.readers.map((reader) =>
      reader.kind === 'prometheus' ? 'prometheus' : destination(reader.exporter),
    ),
    logs: logs.processors.map(({ exporter }) => destination(exporter)),
  };
}

const destination = (exporter: ExporterPlan): string =>
  exporter.kind === 'console' ? 'console' : `${exporter.protocol} ${maskUrl(exporter.endpoint)}`;

function serviceOf(resource: Resource): Status['service'] {
  const attributes = knownAttributes(resource);
  const version = attributes['service.version'];
  return { name: String(attributes['service.name']), ...(version !== undefined && { version: String(version) }) };
}

/** The line at start: what runs and where it goes. */
export function summary(pipeline: Pipeline, resource: Resource): string {
  const where = Object.entries(signalsOf(pipeline)).map(
    ([signal, to]) => `${signal} to ${to.join(' and ') || 'nowhere'}`,
  );
  const { name, version } = serviceOf(resource);
  const service = version === undefined ? name : `${name} ${version}`;
  return `${FIRSTLIGHT_VERSION} on Node ${process.versions.node} sees ${service}: ${where.join(', ')}`;
}
