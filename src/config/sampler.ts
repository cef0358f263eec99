import type { SamplerPlan } from './pipeline.ts';
import { httpUrl, integer, ratio, split, type Rule } from './rules.ts';

/** The samplers by name, and what each reads in `OTEL_TRACES_SAMPLER_ARG`. */

interface Sampler {
  /** How the argument is written, for people; a sampler without it takes none. */
  readonly argument?: string;
  readonly fallback?: string;
  /** The plan for an argument, `undefined` if that is not understood; without one, the plan by default. */
  plan(argument?: string): SamplerPlan | undefined;
}

const fixed = (kind: 'always_on' | 'always_off'): Sampler => ({ plan: () => ({ kind }) });

const byRatio = (kind: 'traceidratio' | 'consistent_probability'): Sampler => ({
  argument: 'a ratio from 0 to 1',
  fallback: '1',
  plan: (argument = '1') => ifRead(ratio, argument, (value) => ({ kind, ratio: value })),
});

const ifRead = <T>(rule: Rule<T>, argument: string, plan: (value: T) => SamplerPlan): SamplerPlan | undefined => {
  const read = rule.parse(argument);
  return read && plan(read.value);
};

/** What a sampler does where neither its argument nor the file says otherwise; times in milliseconds. */
export const DEFAULTS = {
  perSecond: 100,
  jaegerRemote: { endpoint: 'http://localhost:5778', pollingInterval: 60_000, initialRatio: 0.001 },
  xray: { endpoint: 'http://localhost:2000', pollingInterval: 300_000 },
} as const;

const rateLimiting: Sampler = {
  argument: 'a number of traces per second above 0',
  fallback: String(DEFAULTS.perSecond),
  plan(argument = String(DEFAULTS.perSecond)) {
    const perSecond = /^\d*\.?\d+$/.test(argument) ? Number(argument) : NaN;
    return perSecond > 0 && Number.isFinite(perSecond) ? { kind: 'rate_limiting', perSecond } : undefined;
  },
};

/** `key=value,key=value`, each key of `keys` at most once, nothing else. */
function fields(argument: string, keys: readonly string[]): Record<string, string> | undefined {
  const pairs = split(argument).map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
  });
  const named = new Set(pairs.map(([key]) => key));
  return named.size === pairs.length && pairs.every(([key]) => keys.includes(key))
    ? Object.fromEntries(pairs)
    : undefined;
}

const JAEGER = {
  endpoint: DEFAULTS.jaegerRemote.endpoint,
  pollingIntervalMs: String(DEFAULTS.jaegerRemote.pollingInterval),
  initialSamplingRate: String(DEFAULTS.jaegerRemote.initialRatio),
};

const jaegerRemote: Sampler = {
  argument: 'endpoint=http://host:port,pollingIntervalMs=5000,initialSamplingRate=0.25',
  fallback: written(JAEGER),
  plan(argument = '') {
    const given = fields(argument, Object.keys(JAEGER));
    const { endpoint, pollingIntervalMs, initialSamplingRate } = { ...JAEGER, ...given };
    const url = httpUrl.parse(endpoint);
    const interval = integer(1).parse(pollingIntervalMs);
    const initial = ratio.parse(initialSamplingRate);
    if (!given || !url || !interval || !initial) return undefined;
    return { kind: 'jaeger_remote', endpoint: url.value, pollingInterval: interval.value, initialRatio: initial.value };
  },
};

const XRAY = { endpoint: DEFAULTS.xray.endpoint, polling_interval: String(DEFAULTS.xray.pollingInterval / 1000) };
const LONGEST_SECONDS = 2_147_483;

const xray: Sampler = {
  argument: 'endpoint=http://host:port,polling_interval=360 (seconds, at least 10)',
  fallback: written(XRAY),
  plan(argument = '') {
    const given = fields(argument, Object.keys(XRAY));
    const { endpoint, polling_interval } = { ...XRAY, ...given };
    const url = httpUrl.parse(endpoint);
    const seconds = integer(10, LONGEST_SECONDS).parse(polling_interval);
    return given && url && seconds && { kind: 'xray', endpoint: url.value, pollingInterval: seconds.value * 1000 };
  },
};

function written(given: Readonly<Record<string, string>>): string {
  return Object.entries(given)
    .map((pair) => pair.join('='))
    .join(',');
}

const parentBased = (root: Sampler): Sampler => ({
  ...root,
  plan(argument) {
    const plan = root.plan(argument);
    return plan && { kind: 'parentbased', root: plan };
  },
});

export const samplers = {
  always_on: fixed('always_on'),
  always_off: fixed('always_off'),
  traceidratio: byRatio('traceidratio'),
  parentbased_always_on: parentBased(fixed('always_on')),
  parentbased_always_off: parentBased(fixed('always_off')),
  parentbased_traceidratio: parentBased(byRatio('traceidratio')),
  jaeger_remote: jaegerRemote,
  parentbased_jaeger_remote: parentBased(jaegerRemote),
  xray,
  rate_limiting: rateLimiting,
  parentbased_rate_limiting: parentBased(rateLimiting),
  consistent_probability: byRatio('consistent_probability'),
  parentbased_consistent_probability: parentBased(byRatio('consistent_probability')),
} as const satisfies Record<string, Sampler>;

export type SamplerName = keyof typeof samplers;
export const samplerNames = Object.keys(samplers) as SamplerName[];

export const DEFAULT_SAMPLER: SamplerPlan = { kind: 'parentbased', root: { kind: 'always_on' } };

/** The plan for a sampler and its argument; `complain` hears why the argument is not used. */
export function planSampler(
  name: SamplerName,
  argument: string | undefined,
  complain: (reason: string) => void,
): SamplerPlan {
  const sampler: Sampler = samplers[name];
  if (argument !== undefined && sampler.argument === undefined) {
    complain(`the sampler ${name} takes no argument; ignored`);
    argument = undefined;
  }
  const plan = sampler.plan(argument);
  if (plan === undefined) complain(`expected ${sampler.argument} for the sampler ${name}, using ${sampler.fallback}`);
  return plan ?? sampler.plan() ?? DEFAULT_SAMPLER;
}
