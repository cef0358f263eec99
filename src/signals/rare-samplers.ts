/** The samplers hardly anybody names, loaded when somebody does. */
import type { Resource } from '@opentelemetry/resources';
import { AWSXRayRemoteSampler } from '@opentelemetry/sampler-aws-xray';
import { AWSXRaySamplingClient } from '@opentelemetry/sampler-aws-xray/build/src/aws-xray-sampling-client.js';
import { createComposableProbabilitySampler, createCompositeSampler } from '@opentelemetry/sampler-composite';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { SamplerPlan } from '../config/pipeline.ts';
import * as diag from '../diag.ts';
import { createJaegerRemoteSampler } from './jaeger-remote.ts';
import { ask } from './sampling-service.ts';

type Plan<K extends SamplerPlan['kind']> = Extract<SamplerPlan, { readonly kind: K }>;

/** https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/ */
export const consistentProbability = (ratio: number): Sampler =>
  createCompositeSampler(createComposableProbabilitySampler(ratio));

export const jaegerRemote = (plan: Plan<'jaeger_remote'>, resource: Resource, end: AbortSignal): Sampler =>
  createJaegerRemoteSampler({ ...plan, service: String(resource.attributes['service.name']), ask, end });

export function xray({ endpoint, pollingInterval }: Plan<'xray'>, resource: Resource, end: AbortSignal): Sampler {
  Object.assign(AWSXRaySamplingClient.prototype, { makeSamplingRequest });
  const sampler = new AWSXRayRemoteSampler({ endpoint, pollingInterval: pollingInterval / 1000, resource });
  end.addEventListener('abort', () => sampler.stopPollers(), { once: true });
  return sampler;
}

/**
 * In the place of upstream's request, which has no time limit, holds the process, knows no https, and lets an answer
 * of another shape throw into the application.
 */
function makeSamplingRequest(url: string, use: (answer: object) => void, _log: unknown, body?: string): void {
  setImmediate(() => {
    ask(url, JSON.parse(body ?? '{}'))
      .then((answer) => use(answer as object))
      .catch((cause: unknown) =>
        diag.limited(`xray ${url}`, `no sampling rules from ${url}, keeping those there are`, cause),
      );
  }).unref();
}
