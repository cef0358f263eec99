import type { MetricsPlan, Reader, ViewPlan } from '../pipeline.ts';
import { schema } from '../schema.ts';
import { exporter, unlimited } from './exporter.ts';
import type { Put } from './own.ts';
import type { Section } from './section.ts';

export function metrics(provider: Section | undefined, put: Put): MetricsPlan {
  if (provider !== undefined)
    put('meter_provider.exemplar_filter', provider.text('exemplar_filter'), provider.where('exemplar_filter'));
  return {
    readers: (provider?.sections('readers') ?? [])
      .map((section) => reader(section, put))
      .filter((plan) => plan !== undefined),
    views: (provider?.sections('views') ?? []).map(view),
  };
}

function reader(section: Section, put: Put): Reader | undefined {
  const [kind, settings] = section.only() ?? [];
  if (settings === undefined) return undefined;
  if (kind === 'pull') return pull(settings, put);
  const plan = exporter(settings, 'metrics');
  if (plan === undefined) return undefined;
  const interval = settings.number('interval') || schema.OTEL_METRIC_EXPORT_INTERVAL.default;
  return {
    kind: 'periodic',
    exporter: plan,
    interval,
    timeout: Math.min(unlimited(settings.number('timeout')) ?? schema.OTEL_METRIC_EXPORT_TIMEOUT.default, interval),
  };
}

function pull(settings: Section, put: Put): Reader | undefined {
  const [kind, section] = settings.section('exporter')?.only() ?? [];
  if (section === undefined) return undefined;
  if (kind !== 'prometheus/development') {
    section.refuse('there is no such exporter, only prometheus/development; ignored');
    return undefined;
  }
  const of = (key: string, value: unknown): void =>
    put(`meter_provider.readers[].pull.exporter.${kind}.${key}`, value, section.where(key));
  // Some of these still bear a mark that they may change.
  of('translation_strategy', section.text('translation_strategy')?.replace(/\/development$/, ''));
  of('scope_info_enabled', section.flag('scope_info_enabled'));
  of('resource_constant_labels', section.section('resource_constant_labels')?.texts('included')?.join(','));
  const host = section.text('host');
  return {
    kind: 'prometheus',
    ...(host === undefined ? {} : { host }),
    port: section.number('port') ?? schema.OTEL_EXPORTER_PROMETHEUS_PORT.default,
    withoutTargetInfo: section.flag('target_info_enabled/development') === false,
  };
}

function view(section: Section): ViewPlan {
  const selector = section.section('selector');
  const stream = section.section('stream');
  const instrumentName = selector?.text('instrument_name');
  const aggregated = stream && aggregation(stream);
  const attributeKeys = stream && keys(stream);
  return {
    selector: present({
      instrumentName,
      instrumentType: selector?.text('instrument_type'),
      unit: selector?.text('unit'),
      meterName: selector?.text('meter_name'),
      meterVersion: selector?.text('meter_version'),
      meterSchemaUrl: selector?.text('meter_schema_url'),
    }),
    ...present({
      name: stream && streamName(stream, instrumentName),
      description: stream?.text('description'),
      cardinalityLimit: stream?.number('aggregation_cardinality_limit'),
    }),
    ...(aggregated ? { aggregation: aggregated } : {}),
    ...(attributeKeys ? { attributeKeys } : {}),
  };
}

/** The SDK throws on a view that would give one name to many instruments. */
function streamName(stream: Section, instrumentName: string | undefined): string | undefined {
  const name = stream.text('name');
  if (name === undefined || (instrumentName !== undefined && !/[*?]/.test(instrumentName))) return name;
  const reason = 'expected a selector with the name of one instrument; the selected ones keep their names';
  stream.complain('name', reason);
  return undefined;
}

type Present<T> = { -readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that have no value. */
const present = <T extends object>(given: T): Present<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>;

function aggregation(stream: Section): ViewPlan['aggregation'] {
  const [kind, section] = stream.section('aggregation')?.only() ?? [];
  if (section === undefined) return undefined;
  const recordMinMax = section.flag('record_min_max');
  switch (kind) {
    case 'default':
    case 'drop':
    case 'last_value':
    case 'sum':
      return { kind };
    case 'explicit_bucket_histogram': {
      const boundaries = section.value('boundaries');
      return {
        kind,
        ...(Array.isArray(boundaries) ? { boundaries: boundaries as number[] } : {}),
        ...present({ recordMinMax }),
      };
    }
    case 'base2_exponential_bucket_histogram':
      return { kind, ...present({ maxSize: section.number('max_size'), recordMinMax }) };
    default:
      section.refuse('there is no such aggregation; ignored');
      return undefined;
  }
}

function keys(stream: Section): ViewPlan['attributeKeys'] {
  const section = stream.section('attribute_keys');
  return section && present({ included: section.texts('included'), excluded: section.texts('excluded') });
}
