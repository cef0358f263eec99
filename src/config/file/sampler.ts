import type { SamplerPlan } from '../pipeline.ts';
import { DEFAULTS, DEFAULT_SAMPLER } from '../sampler.ts';
import type { Section } from './section.ts';

/** The sampler below `key` of `parent`; the default of the schema where there is none. */
export function sampler(parent: Section | undefined): SamplerPlan {
  return samplerBelow(parent, 'sampler') ?? DEFAULT_SAMPLER;
}

function samplerBelow(parent: Section | undefined, key: string): SamplerPlan | undefined {
  const [kind, section] = parent?.section(key)?.only() ?? [];
  if (kind === undefined || section === undefined) return undefined;
  switch (kind) {
    case 'always_on':
    case 'always_off':
      return { kind };
    case 'trace_id_ratio_based':
      return { kind: 'traceidratio', ratio: section.number('ratio') ?? 1 };
    case 'probability/development':
      return { kind: 'consistent_probability', ratio: section.number('ratio') ?? 1 };
    case 'parent_based':
      return parentBased(section);
    case 'composite/development':
      return composite(section);
    case 'jaeger_remote/development':
      return jaegerRemote(section);
    case 'rate_limiting':
      return { kind, perSecond: positive(section, 'traces_per_second', DEFAULTS.perSecond) };
    case 'xray':
      return {
        kind,
        endpoint: checked(section, 'endpoint', DEFAULTS.xray.endpoint, isText, 'a text'),
        pollingInterval: positive(section, 'polling_interval', DEFAULTS.xray.pollingInterval),
      };
    default:
      return unknown(section);
  }
}

function unknown(section: Section): undefined {
  section.refuse('there is no such sampler, using the default of the specification (always_on)');
}

function parentBased(section: Section): SamplerPlan {
  const remoteParentSampled = samplerBelow(section, 'remote_parent_sampled');
  const remoteParentNotSampled = samplerBelow(section, 'remote_parent_not_sampled');
  const localParentSampled = samplerBelow(section, 'local_parent_sampled');
  const localParentNotSampled = samplerBelow(section, 'local_parent_not_sampled');
  return {
    kind: 'parentbased',
    root: samplerBelow(section, 'root') ?? { kind: 'always_on' },
    ...(remoteParentSampled ? { remoteParentSampled } : {}),
    ...(remoteParentNotSampled ? { remoteParentNotSampled } : {}),
    ...(localParentSampled ? { localParentSampled } : {}),
    ...(localParentNotSampled ? { localParentNotSampled } : {}),
  };
}

/** Of the composable samplers, those that have a counterpart among ours. */
function composite(parent: Section): SamplerPlan | undefined {
  const [kind, section] = parent.only() ?? [];
  if (kind === undefined || section === undefined) return undefined;
  switch (kind) {
    case 'always_on':
    case 'always_off':
      return { kind };
    case 'probability':
      return { kind: 'consistent_probability', ratio: section.number('ratio') ?? 1 };
    case 'parent_threshold': {
      const root = section.section('root');
      return { kind: 'parentbased', root: (root && composite(root)) ?? { kind: 'always_on' } };
    }
    default:
      return unknown(section);
  }
}

function jaegerRemote(section: Section): SamplerPlan {
  const defaults = DEFAULTS.jaegerRemote;
  const initial = samplerBelow(section, 'initial_sampler');
  const initialRatio = ratioOf(initial);
  if (initial && initialRatio === undefined) {
    section.complain('initial_sampler', `expected a ratio, using ${defaults.initialRatio}`);
  }
  return {
    kind: 'jaeger_remote',
    endpoint: section.text('endpoint') ?? defaults.endpoint,
    pollingInterval: positive(section, 'interval', defaults.pollingInterval),
    initialRatio: initialRatio ?? defaults.initialRatio,
  };
}

function ratioOf(plan: SamplerPlan | undefined): number | undefined {
  switch (plan?.kind) {
    case 'always_on':
      return 1;
    case 'always_off':
      return 0;
    case 'traceidratio':
    case 'consistent_probability':
      return plan.ratio;
    case 'parentbased':
      return ratioOf(plan.root);
    default:
      return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

function positive(section: Section, key: string, otherwise: number): number {
  const isPositive = (value: unknown): value is number => typeof value === 'number' && value > 0;
  return checked(section, key, otherwise, isPositive, 'a number above 0');
}

/** Of our own samplers the schema of the file knows nothing. */
function checked<T>(
  section: Section,
  key: string,
  otherwise: T,
  isRight: (value: unknown) => value is T,
  expected: string,
): T {
  const given = section.value(key);
  if (isRight(given)) return given;
  if (given !== undefined) section.complain(key, `expected ${expected}, using ${String(otherwise)}`);
  return otherwise;
}
