/**
 * Jaeger's remote sampling. Upstream's sampler keeps the process alive by its timer, asks first after a whole interval,
 * traces the asking, waits for ever and knows no rate limits; the protocol is small.
 * https://www.jaegertracing.io/docs/2.20/architecture/apis/#remote-sampling-apis
 */
import { TraceIdRatioBasedSampler, type Sampler } from '@opentelemetry/sdk-trace';
import * as diag from '../diag.ts';
import { createRateLimitingSampler } from './rate-limiting.ts';

/** A protobuf message as JSON: what is zero may be missing, and enumerations are names or numbers. */
interface Answer {
  readonly strategyType?: 'PROBABILISTIC' | 'RATE_LIMITING' | 0 | 1;
  readonly probabilisticSampling?: { readonly samplingRate?: number };
  readonly rateLimitingSampling?: { readonly maxTracesPerSecond?: number };
  readonly operationSampling?: {
    readonly defaultSamplingProbability?: number;
    readonly perOperationStrategies?: readonly {
      readonly operation?: string;
      readonly probabilisticSampling?: { readonly samplingRate?: number };
    }[];
  };
}

export interface JaegerRemote {
  readonly endpoint: string;
  readonly service: string;
  /** Milliseconds. */
  readonly pollingInterval: number;
  /** Until the first answer. */
  readonly initialRatio: number;
  ask(url: string): Promise<unknown>;
  readonly end: AbortSignal;
}

export function createJaegerRemoteSampler(options: JaegerRemote): Sampler {
  const { endpoint, service, pollingInterval, initialRatio, ask, end } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/sampling?service=${encodeURIComponent(service)}`;
  let current: Sampler = new TraceIdRatioBasedSampler(initialRatio);
  let last = '';
  let asking = false;
  const poll = async (): Promise<void> => {
    // A slow service is not asked by everybody at once.
    if (asking || end.aborted) return;
    asking = true;
    try {
      const answer = await ask(url);
      const text = JSON.stringify(answer);
      // A rate limit begins anew with every sampler.
      if (text === last) return;
      current = samplerOf(answer as Answer);
      last = text;
    } catch (cause) {
      diag.limited('jaeger_remote', `no sampling strategy from ${endpoint}, keeping ${current.toString()}`, cause);
    } finally {
      asking = false;
    }
  };
  setImmediate(() => void poll()).unref();
  const timer = setInterval(() => void poll(), pollingInterval).unref();
  end.addEventListener('abort', () => clearInterval(timer), { once: true });
  return {
    shouldSample: (...span) => current.shouldSample(...span),
    toString: () => `JaegerRemote{${endpoint},${service},${current.toString()}}`,
  };
}

function samplerOf({ strategyType, probabilisticSampling, rateLimitingSampling, operationSampling }: Answer): Sampler {
  const operations = operationSampling?.perOperationStrategies ?? [];
  if (operations.length > 0) {
    const otherwise = new TraceIdRatioBasedSampler(operationSampling?.defaultSamplingProbability ?? 0);
    const byName = new Map(
      operations.map(({ operation, probabilisticSampling: own }) => [
        operation,
        new TraceIdRatioBasedSampler(own?.samplingRate ?? 0),
      ]),
    );
    return {
      shouldSample: (parent, traceId, name) => (byName.get(name) ?? otherwise).shouldSample(parent, traceId),
      toString: () => `PerOperation{${byName.size},${otherwise.toString()}}`,
    };
  }
  if (strategyType === 'RATE_LIMITING' || strategyType === 1) {
    return createRateLimitingSampler(rateLimitingSampling?.maxTracesPerSecond ?? 0);
  }
  if (probabilisticSampling === undefined) throw new Error('an answer without a strategy');
  return new TraceIdRatioBasedSampler(probabilisticSampling.samplingRate ?? 0);
}
