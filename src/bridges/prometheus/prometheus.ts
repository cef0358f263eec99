/**
 * Metrics for a scraper to fetch. Where the official exporter serves names without units, breaks on colliding labels
 * and hangs with a callback that hangs, this one follows the specification and always answers.
 */
import type { Collect, Collected } from '../../collected.ts';
import { keyMatcher } from '../../config/key-patterns.ts';
import type { Derive } from '../../derived.ts';
import type { Escaping } from './escaping.ts';
import { families, type Families, type Family } from './families.ts';
import { attributeText, type Pair } from './labels.ts';
import { createNaming, type Translation } from './names.ts';
import { negotiate } from './negotiate.ts';
import { openMetrics } from './openmetrics.ts';
import { paced } from './paced.ts';
import { createPage, type Page } from './page.ts';
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
  /** What answers a scrape with this `Accept`. */
  page(accept: string | undefined): Promise<Page>;
  /** What is served. */
  families(): Promise<readonly Family[]>;
}

/** Milliseconds for asynchronous observable callbacks, so that a scrape is answered within 2 s, whatever they do. */
const COLLECT_TIMEOUT = 1500;

export function prometheus(options: PrometheusOptions, collect: Collect): Prometheus {
  const pages = new Map<string, () => Promise<Page>>();
  const ways = new Map<Escaping, Families>();

  const familiesFor = async (escaping: Escaping): Promise<readonly Family[]> => {
    const metrics = await collect(COLLECT_TIMEOUT);
    const how = ways.get(escaping) ?? howFor(options, escaping, metrics);
    // While a detector still works, the attributes of the resource are not all there.
    if (metrics.resource.asyncAttributesPending !== true) ways.set(escaping, how);
    return sliced(families(metrics, options.derive(metrics.scopeMetrics), how));
  };
  return {
    page(accept) {
      const { kind, escaping, contentType } = negotiate(accept);
      const write = kind === 'openmetrics' ? openMetrics : text;
      const make =
        pages.get(contentType) ??
        paced(async () => createPage(contentType, await written(write(await familiesFor(escaping)))));
      pages.set(contentType, make);
      return make();
    },
    families: () => familiesFor('underscores'),
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

async function written(pieces: Generator<string>): Promise<Buffer> {
  const buffers: Buffer[] = [];
  await sliced(pieces, (piece) => void buffers.push(Buffer.from(piece)));
  return Buffer.concat(buffers);
}
