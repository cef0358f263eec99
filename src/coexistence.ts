import { packageOf } from './package-of.ts';

/**
 * Others who want to own the telemetry of this process. Two SDKs in one process take spans from each other: what the
 * application brings itself has the right of way, and Firstlight stands aside with one line.
 */
const OWNERS: ReadonlySet<string> = new Set([
  '@opentelemetry/sdk-node',
  '@opentelemetry/auto-instrumentations-node',
  '@opentelemetry/sdk-trace-node',
  '@vercel/otel',
  'dd-trace',
  'newrelic',
  'elastic-apm-node',
  'applicationinsights',
  '@elastic/opentelemetry-node',
  '@splunk/otel',
  '@azure/monitor-opentelemetry',
  '@microsoft/opentelemetry',
  '@aws/aws-distro-opentelemetry-node-autoinstrumentation',
  '@instana/collector',
  '@appsignal/nodejs',
  '@dynatrace/oneagent',
  '@hyperdx/node-opentelemetry',
  '@dash0/opentelemetry',
  '@honeycombio/opentelemetry-node',
  'solarwinds-apm',
  'autotel',
]);

/** What an SDK is made of; libraries carry these for their types or their tests too. */
const PARTS: ReadonlySet<string> = new Set(['@opentelemetry/sdk-trace-base', '@opentelemetry/sdk-trace']);

export const RIVALS: ReadonlySet<string> = new Set([...OWNERS, ...PARTS]);

/**
 * Whether a rival that is being loaded will own the telemetry of this process: an agent or a whole SDK, whoever loads it,
 * for a company's own package may set it up; the parts of one only where the application's own code loads them.
 * @param parent tells the path or URL of the file that loads it, undefined for the entry; Node warns of whoever asks
 *   without need
 */
export function takesOver(name: string, parent: () => string | undefined): boolean {
  return OWNERS.has(name) || (PARTS.has(name) && !/[\\/]node_modules[\\/]/.test(parent() ?? ''));
}

/**
 * An agent or SDK that was preloaded before us.
 * @param loaded paths of the CommonJS modules loaded so far
 */
export function rivalLoaded(loaded: readonly string[]): string | undefined {
  for (const path of loaded) {
    const name = packageOf(path)?.name;
    if (name !== undefined && RIVALS.has(name)) return name;
  }
  return undefined;
}

/** Where every copy of `@opentelemetry/api` finds the registered SDK. */
export const OTEL_GLOBAL = Symbol.for('opentelemetry.js.api.1');

/** An SDK that was preloaded as ES modules is in no cache, but it has registered itself. */
export function rivalRegistered(): string | undefined {
  const { trace } = (globalThis as { [OTEL_GLOBAL]?: { readonly trace?: unknown } })[OTEL_GLOBAL] ?? {};
  return trace === undefined ? undefined : 'an OpenTelemetry SDK';
}
