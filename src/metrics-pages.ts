/** The pages of the admin server that show metrics. A chunk of its own: nobody may ever ask for them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { negotiate } from './bridges/prometheus/negotiate.ts';
import { createCollection, send } from './bridges/prometheus/page.ts';
import { prometheus } from './bridges/prometheus/prometheus.ts';
import type { Family } from './bridges/prometheus/families.ts';
import type { Collect, Collected } from './collected.ts';
import { latencyObjective, ratioOf } from './config/objectives.ts';
import type { PrometheusReader } from './config/pipeline.ts';
import type { Settings } from './config/schema.ts';
import { apm } from './metrics/apm.ts';
import { createDerive } from './metrics/derive.ts';
import { guideNames, namedByGuides } from './metrics/guide-names.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** By path. */
export type Pages = Readonly<Record<'/metrics' | '/api/v1/metrics/summary' | '/api/v1/metrics/apm', Answer>>;

export function createPages(settings: Settings, { withoutTargetInfo }: PrometheusReader, collect: Collect): Pages {
  const names = settings.FIRSTLIGHT_METRIC_NAMES;
  const availability = settings.FIRSTLIGHT_SLO_AVAILABILITY;
  const objectives = {
    ...(availability !== undefined && { availability: ratioOf(availability) }),
    latency: (settings.FIRSTLIGHT_SLO_LATENCY ?? []).map(latencyObjective),
  };
  const slowQuery = settings.FIRSTLIGHT_METRICS_SLOW_QUERY / 1000;
  const apdexThreshold = settings.FIRSTLIGHT_APDEX_THRESHOLD / 1000;
  const guide = guideNames({ slowQuery });
  const served = prometheus({
    translation: settings.FIRSTLIGHT_PROMETHEUS_TRANSLATION,
    scopeLabels: settings.FIRSTLIGHT_PROMETHEUS_SCOPE_LABELS,
    resourceLabels: settings.FIRSTLIGHT_PROMETHEUS_RESOURCE_LABELS,
    targetInfo: !withoutTargetInfo,
    derive: createDerive({ guide: names.includes('guide') ? guide : [], apdexThreshold, objectives }),
    hidden: names.includes('semconv') ? new Set() : namedByGuides(guide),
  });
  const page = createCollection(collect);
  return {
    async '/metrics'(request, response) {
      const format = negotiate(request.headers.accept);
      await send(await page(format.contentType, (metrics) => served.body(metrics, format)), request, response);
    },
    async '/api/v1/metrics/summary'(request, response) {
      const make = async (metrics: Collected): Promise<Buffer> =>
        json(summary(await served.families(metrics, 'underscores')));
      await send(await page(JSON_TYPE, make, 'summary'), request, response);
    },
    async '/api/v1/metrics/apm'(request, response) {
      const make = async (metrics: Collected): Promise<Buffer> =>
        json(apm(metrics, process.uptime(), { apdexThreshold, objectives }));
      await send(await page(JSON_TYPE, make, 'apm'), request, response);
    },
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

const JSON_TYPE = 'application/json';
const json = (body: unknown): Buffer => Buffer.from(`${JSON.stringify(body, null, 2)}\n`);
