/**
 * Metrics for a scraper to fetch. Where the official exporter serves names without units, breaks on colliding labels
 * and hangs with a callback that hangs, this one follows the specification and always answers.
 */
import type { Collected } from '../../collected.ts';
import { keyMatcher } from '../../config/key-patterns.ts';
import type { Derive } from '../../derived.ts';
import type { Escaping } from './escaping.ts';
import { families, type Families, type Family } from './families.ts';
import { attributeText, type Pair } from './labels.ts';
import { createNaming, type Translation } from './names.ts';
import type { Format } from './negotiate.ts';
import { openMetrics } from './openmetrics.ts';
import { sliced } from '../../sliced.ts';
import { text } from './text.ts';

export interface PrometheusOptions {
  readonly translation: Translation;
  readonly scopeLabels: boolean;
  readonly targetInfo: boolean;
  /** Patterns of the resource attributes that every series carries. */
  readonly resourceLabels: readonly string[];
  readonly derive: Derive;
  /** OpenTelemetry's names of metrics that are not wanted. */
  readonly hidden: ReadonlySet<string>;
}

export interface Prometheus {
  /** What is served of what was collected. */
  families(metrics: Collected, escaping: Escaping): Promise<readonly Family[]>;
  /** The same as it is sent. */
  body(metrics: Collected, format: Pick<Format, 'kind' | 'escaping'>): Promise<Buffer>;
}

export function prometheus(options: PrometheusOptions): Prometheus {
  const ways = new Map<Escaping, Families>();

  const familiesOf = async (metrics: Collected, escaping: Escaping): Promise<readonly Family[]> => {
    const how = ways.get(escaping) ?? howFor(options, escaping, metrics);
    // While a detector still works, the attributes of the resource are not all there.
    if (metrics.resource.asyncAttributesPending !== true) ways.set(escaping, how);
    return sliced(families(metrics, options.derive(metrics.scopeMetrics), how));
  };
  return {
    families: familiesOf,
    async body(metrics, { kind, escaping }) {
      const write = kind === 'openmetrics' ? openMetrics : text;
      const pieces: Buffer[] = [];
      await sliced(write(await familiesOf(metrics, escaping)), (piece) => void pieces.push(Buffer.from(piece)));
      return Buffer.concat(pieces);
    },
  };
}

function howFor(options: PrometheusOptions, escaping: Escaping, { resource }: Collected): Families {
  const isWanted = keyMatcher({ included: options.resourceLabels });
  const isKnown = options.resourceLabels.length > 0 && resource.asyncAttributesPending !== true;
  const wanted = isKnown ? Object.keys(resource.attributes).filter(isWanted) : [];
  return {
    naming: createNaming(options.translation, escaping),
    withScope: options.scopeLabels,
    withTarget: options.targetInfo,
    hidden: options.hidden,
    constant: wanted.map((key): Pair => [key, attributeText(resource.attributes as never, key)]),
    labels: new Map(),
  };
}
