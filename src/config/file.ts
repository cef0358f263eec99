import { dotted, createReader, type Section } from './file/section.ts';
import { readDocument, SyntaxFault, type ConfigDocument, type Path } from './file/document.ts';
import { metrics } from './file/metrics.ts';
import { ownSettings, type OwnSettings } from './file/own.ts';
import { generalLimits, logs, propagators, resource, traces } from './file/providers.ts';
import { fromFile } from './origin.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * `OTEL_CONFIG_FILE`, loaded only when it is set: the schema of OpenTelemetry weighs half a megabyte.
 * https://opentelemetry.io/docs/specs/otel/configuration/data-model/
 */

export interface FileContent extends OwnSettings {
  /** Not set if the file cannot be used. */
  readonly pipeline?: Pipeline;
  /** Nothing of a file that is not what the schema asks for is used: half of a configuration is another one. */
  readonly unusable: boolean;
  readonly problems: readonly string[];
}

const CONSEQUENCE = 'the application runs without telemetry';

export function readConfigFile(file: string, serviceName: string | undefined): FileContent {
  let document: ConfigDocument;
  try {
    document = readDocument(file);
  } catch (fault) {
    const where = fault instanceof SyntaxFault ? `${file}:${fault.line}` : file;
    return unusable(`OTEL_CONFIG_FILE: ${where}: ${sentenceOf(fault)}; ${CONSEQUENCE}`);
  }
  const locate = (path: Path): string => [`${file}:${document.lineOf(path)}`, dotted(path)].filter(Boolean).join(': ');
  const problems: string[] = [];
  const reader = createReader(document.content, locate, (line) => problems.push(line));
  const { pipeline, own } = readModel(reader.root, file, serviceName);
  const leftovers = reader.leftovers();
  const { refusal } = document;
  if (refusal === undefined) {
    problems.push(...leftovers.map(({ line }) => line));
    return { pipeline, ...own, problems, unusable: false };
  }
  // The schema says only that there is a key too many; which one is what our own reading has left over.
  const culprit = /additional properties|required property/.test(refusal.reason)
    ? leftovers.find(({ path }) => path.length === refusal.path.length + 1 && startsWith(path, refusal.path))
    : undefined;
  const line = culprit?.line.replace('not supported; ignored', 'not in the schema');
  return unusable(`OTEL_CONFIG_FILE: ${line ?? `${locate(refusal.path)}: ${refusal.reason}`}; ${CONSEQUENCE}`);
}

const startsWith = (path: Path, start: Path): boolean => start.every((step, index) => path[index] === step);

function readModel(
  root: Section,
  file: string,
  serviceName: string | undefined,
): { pipeline: Pipeline; own: OwnSettings } {
  root.text('file_format');
  const { put, ...own } = ownSettings(root, fromFile(file));
  const general = generalLimits(root);
  const pipeline = {
    resource: resource(root.section('resource'), serviceName),
    propagators: propagators(root.section('propagator')),
    traces: traces(root.section('tracer_provider'), general),
    metrics: metrics(root.section('meter_provider'), put),
    logs: logs(root.section('logger_provider'), general),
  };
  return { pipeline, own };
}

const unusable = (problem: string): FileContent => ({
  own: new Map(),
  instrumentations: [],
  problems: [problem],
  unusable: true,
});

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory, not a file',
};

function sentenceOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  return SYSTEM_ERRORS[(fault as NodeJS.ErrnoException).code ?? ''] ?? fault.message.split('\n', 1)[0] ?? '';
}
