/** What runs, said without secrets: the answer of `status()` and of `/status`, and the line at start. */
import type { Resource } from '@opentelemetry/resources';
import type { Loaded } from './config/load.ts';
import type { ExporterPlan, Pipeline } from './config/pipeline.ts';
import { rows } from './config/schema.ts';
import { format, maskUrl } from './config/setting.ts';
import type { Status } from './instance.ts';

export interface Running {
  admin(): string | undefined;
  instrumentations(): readonly string[];
}

export function createReport(
  { config, problems, origins }: Loaded,
  resource: Resource,
  running: Running,
): () => Status {
  return () => {
    const admin = running.admin();
    return {
      version: FIRSTLIGHT_VERSION,
      node: process.versions.node,
      pid: process.pid,
      uptime: Math.round(process.uptime()),
      service: serviceOf(resource),
      ...(admin !== undefined && { admin }),
      signals: signalsOf(config.pipeline),
      instrumentations: running.instrumentations(),
      problems,
      settings: Object.fromEntries(
        Object.entries(config.settings)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [
            name,
            { value: rows.get(name)?.secret ? '***' : format(value), origin: origins[name] ?? 'default' },
          ]),
      ),
    };
  };
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

function serviceOf({ attributes }: Resource): Status['service'] {
  const version = attributes['service.version'];
  return { name: String(attributes['service.name']), ...(version !== undefined && { version: String(version) }) };
}

/** The line at start: what runs and where it goes. */
export function summary({ version, node, service, signals }: Status): string {
  const where = Object.entries(signals).map(([signal, to]) => `${signal} to ${to.join(' and ') || 'nowhere'}`);
  return `${version} on Node ${node} sees ${service.name}: ${where.join(', ')}`;
}
