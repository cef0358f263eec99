/** The pages of the admin server that show metrics. A chunk of its own: nobody may ever ask for them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { prometheus } from './bridges/prometheus/prometheus.ts';
import type { Family } from './bridges/prometheus/families.ts';
import type { Collect } from './collected.ts';
import type { PrometheusReader } from './config/pipeline.ts';
import type { Settings } from './config/schema.ts';
import { apm } from './metrics/apm.ts';
import { createDerive } from './metrics/derive.ts';
import { guideNames, namedByGuides } from './metrics/guide-names.ts';

export type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** By path. */
export type Pages = Readonly<Record<'/metrics' | '/api/v1/metrics/summary' | '/api/v1/metrics/apm', Page>>;

/** Milliseconds that asynchronous observable callbacks have for the pages that are read by people. */
const TIMEOUT = 1500;

export function createPages(settings: Settings, { withoutTargetInfo }: PrometheusReader, collect: Collect): Pages {
  const names = settings.FIRSTLIGHT_METRIC_NAMES;
  const availability = settings.FIRSTLIGHT_SLO_AVAILABILITY;
  const objectives = {
    ...(availability !== undefined && { availability }),
    latency: settings.FIRSTLIGHT_SLO_LATENCY ?? [],
  };
  const slowQuery = settings.FIRSTLIGHT_METRICS_SLOW_QUERY / 1000;
  const apdexThreshold = settings.FIRSTLIGHT_APDEX_THRESHOLD / 1000;
  const guide = guideNames({ slowQuery });
  const served = prometheus(
    {
      translation: settings.FIRSTLIGHT_PROMETHEUS_TRANSLATION,
      scopeLabels: settings.FIRSTLIGHT_PROMETHEUS_SCOPE_LABELS,
      resourceLabels: settings.FIRSTLIGHT_PROMETHEUS_RESOURCE_LABELS,
      targetInfo: !withoutTargetInfo,
      derive: createDerive({ guide: names.includes('guide') ? guide : [], apdexThreshold, objectives }),
      hidden: names.includes('semconv') ? new Set() : namedByGuides(guide),
    },
    collect,
  );
  return {
    '/metrics': served.metrics,
    '/api/v1/metrics/summary': async (_request, response) => json(response, summary(await served.families())),
    '/api/v1/metrics/apm': async (_request, response) =>
      json(response, apm(await collect(TIMEOUT), process.uptime(), { apdexThreshold, objectives })),
  };
}

/** Of what tells of HTTP: how many samples of which type. */
function summary(families: readonly Family[]): Readonly<Record<string, { samples: number; type: string }>> {
  const shown = families.filter(({ name }) => name.startsWith('http_'));
  return Object.fromEntries(shown.map((family) => [family.name, { samples: samplesOf(family), type: family.type }]));
}

function samplesOf({ series }: Family): number {
  let samples = 0;
  for (const value of series.values()) {
    // The bucket without an end, the count, and mostly a sum.
    samples += typeof value === 'number' ? 1 : value.bounds.length + (value.sum === undefined ? 2 : 3);
  }
  return samples;
}

function json(response: ServerResponse, body: unknown): void {
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}
