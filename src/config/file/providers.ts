import { PROPAGATORS } from '../names.ts';
import { attributes as attributeList } from '../otlp-rules.ts';
import type { AttributeLimits, AttributeValue, LogsPlan, Processor, ResourcePlan, TracesPlan } from '../pipeline.ts';
import { LONGEST, split } from '../rules.ts';
import { schema } from '../schema.ts';
import { exporter, unlimited } from './exporter.ts';
import { sampler } from './sampler.ts';
import type { Section } from './section.ts';

const COUNT = schema.OTEL_ATTRIBUTE_COUNT_LIMIT.default;

/** Limits of a signal, with the general ones for what it leaves open. */
function limits(section: Section | undefined, general: Partial<AttributeLimits>): AttributeLimits {
  const length = section?.number('attribute_value_length_limit') ?? general.attributeValueLength;
  return {
    attributeCount: section?.number('attribute_count_limit') ?? general.attributeCount ?? COUNT,
    ...(length === undefined ? {} : { attributeValueLength: length }),
  };
}

export function generalLimits(root: Section): Partial<AttributeLimits> {
  return limits(root.section('attribute_limits'), {});
}

export function traces(provider: Section | undefined, general: Partial<AttributeLimits>): TracesPlan {
  const own = provider?.section('limits');
  const [generator, section] = provider?.section('id_generator')?.only() ?? [];
  if (generator !== 'random') section?.refuse('there is no such generator; using random');
  return {
    processors: processors(provider, 'traces'),
    sampler: sampler(provider),
    limits: {
      ...limits(own, general),
      eventCount: own?.number('event_count_limit') ?? COUNT,
      linkCount: own?.number('link_count_limit') ?? COUNT,
      attributesPerEvent: own?.number('event_attribute_count_limit') ?? COUNT,
      attributesPerLink: own?.number('link_attribute_count_limit') ?? COUNT,
    },
  };
}

export function logs(provider: Section | undefined, general: Partial<AttributeLimits>): LogsPlan {
  return { processors: processors(provider, 'logs'), limits: limits(provider?.section('limits'), general) };
}

const PREFIX = { traces: 'BSP', logs: 'BLRP' } as const;

function processors(provider: Section | undefined, signal: 'traces' | 'logs'): Processor[] {
  return (provider?.sections('processors') ?? []).flatMap((entry): Processor[] => {
    const [kind, section] = entry.only() ?? [];
    if (section === undefined) return [];
    if (kind !== 'batch' && kind !== 'simple') {
      section.refuse('there is no such processor, only batch and simple; ignored');
      return [];
    }
    const plan = exporter(section, signal);
    if (plan === undefined) return [];
    if (kind === 'simple') return [{ kind, exporter: plan }];
    const prefix = `OTEL_${PREFIX[signal]}` as const;
    const maxQueueSize = section.number('max_queue_size');
    const most = maxQueueSize ?? LONGEST;
    const batchSize = section.number('max_export_batch_size');
    if (batchSize !== undefined && batchSize > most) {
      section.complain('max_export_batch_size', `expected at most the size of the queue, using ${most}`);
    }
    return [
      {
        kind,
        exporter: plan,
        scheduleDelay: section.number('schedule_delay') || schema[`${prefix}_SCHEDULE_DELAY`].default,
        exportTimeout: unlimited(section.number('export_timeout')) ?? schema[`${prefix}_EXPORT_TIMEOUT`].default,
        ...(maxQueueSize !== undefined && { maxQueueSize }),
        maxExportBatchSize: Math.min(batchSize ?? schema[`${prefix}_MAX_EXPORT_BATCH_SIZE`].default, most),
      },
    ];
  });
}

export function propagators(section: Section | undefined): string[] {
  const named = (section?.sections('composite') ?? []).map((entry) => entry.only()?.[0] ?? 'none');
  const listed = split(section?.text('composite_list') ?? '');
  const names = new Set([...named, ...listed]);
  if (names.has('none')) return [];
  for (const name of names) {
    if (PROPAGATORS.some((known) => known === name)) continue;
    section?.complain(named.includes(name) ? 'composite' : 'composite_list', `there is no propagator ${name}; ignored`);
    names.delete(name);
  }
  return [...names];
}

/** What a detector of the file is called here. */
const DETECTORS: Readonly<Record<string, readonly string[]>> = {
  service: ['serviceinstance'],
  host: ['host', 'os'],
  process: ['process'],
  container: ['container'],
  k8s: ['k8s'],
};

/** `serviceName` is `OTEL_SERVICE_NAME`, which the `service` detector reads although there is a file. */
export function resource(section: Section | undefined, serviceName: string | undefined): ResourcePlan {
  const listed = section?.text('attributes_list');
  const parsed = listed ? attributeList.parse(listed) : undefined;
  if (listed && parsed === undefined)
    section?.complain('attributes_list', `expected ${attributeList.expected}; ignored`);
  if (parsed?.complaint !== undefined) section?.complain('attributes_list', parsed.complaint);
  const single = (section?.sections('attributes') ?? []).flatMap((entry): [string, AttributeValue][] => {
    const name = entry.text('name');
    const value = typed(entry.value('value') as AttributeValue | undefined, entry.text('type'));
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  const schemaUrl = section?.text('schema_url');
  const detectors = section?.section('detection/development')?.sections('detectors') ?? [];
  const names = detectors.map((entry) => entry.only()).filter((entry) => entry !== undefined);
  for (const [name, entry] of names) {
    if (!Object.hasOwn(DETECTORS, name)) entry.refuse('there is no such detector; ignored');
  }
  const detected = serviceName !== undefined && names.some(([name]) => name === 'service');
  return {
    attributes: {
      ...(detected ? { 'service.name': serviceName } : {}),
      ...parsed?.value,
      ...Object.fromEntries(single),
    },
    ...(schemaUrl === undefined ? {} : { schemaUrl }),
    detectors: [...new Set(names.flatMap(([name]) => (Object.hasOwn(DETECTORS, name) ? (DETECTORS[name] ?? []) : [])))],
  };
}

/** A value from `${VARIABLE}` may have become a number where the file says `type: string`. */
function typed(value: AttributeValue | undefined, type: string | undefined): AttributeValue | undefined {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if ((type === 'int' || type === 'double') && typeof value === 'string') return Number(value);
  return value;
}
