import type { Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { loadChunk } from '../chunk.ts';
import type { SamplerPlan } from '../config/pipeline.ts';
import { createRateLimitingSampler } from './rate-limiting.ts';

/** The resource names the service to those who are asked what to sample, until `end` is aborted. */
export function createSampler(plan: SamplerPlan, resource: Resource, end: AbortSignal): Sampler {
  switch (plan.kind) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(plan.ratio);
    case 'rate_limiting':
      return createRateLimitingSampler(plan.perSecond);
    case 'consistent_probability':
      return rare().consistentProbability(plan.ratio);
    case 'jaeger_remote':
      return rare().jaegerRemote(plan, resource, end);
    case 'xray':
      return rare().xray(plan, resource, end);
    case 'parentbased':
      return createParentBased(plan, (branch) => createSampler(branch, resource, end));
  }
  return plan satisfies never;
}

function createParentBased(plan: Plan<'parentbased'>, create: (plan: SamplerPlan) => Sampler): Sampler {
  const { kind: _kind, ...branches } = plan;
  const made = Object.entries(branches).map(([branch, of]) => [branch, create(of)]);
  return new ParentBasedSampler(Object.fromEntries(made) as { root: Sampler });
}

type Plan<K extends SamplerPlan['kind']> = Extract<SamplerPlan, { readonly kind: K }>;

const rare = (): typeof import('./rare-samplers.ts') => loadChunk('rare-samplers');
