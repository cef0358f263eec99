import { context, createTraceState, ROOT_CONTEXT, SpanKind, trace, type Context } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { RandomIdGenerator, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';
import { expect, test, vi } from 'vitest';
import type { SamplerPlan } from '../../src/config/pipeline.ts';
import { createSampler } from '../../src/signals/sampler.ts';

vi.mock('../../src/chunk.ts', () => import('../support/source-chunks.ts'));

const resource = resourceFromAttributes({ 'service.name': 'shop' });
const ids = new RandomIdGenerator();

function decide(plan: SamplerPlan): (parent?: Context, traceId?: string) => SamplingResult {
  const sampler = createSampler(plan, resource, new AbortController().signal);
  return (parent = ROOT_CONTEXT, traceId = ids.generateTraceId()) =>
    sampler.shouldSample(parent, traceId, 'GET /', SpanKind.SERVER, {}, []);
}

function parent(sampled: boolean, isRemote: boolean, traceState?: string): Context {
  return trace.setSpanContext(context.active(), {
    traceId: ids.generateTraceId(),
    spanId: ids.generateSpanId(),
    traceFlags: sampled ? 1 : 0,
    isRemote,
    ...(traceState !== undefined && { traceState: createTraceState(traceState) }),
  });
}

const { NOT_RECORD: NO, RECORD_AND_SAMPLED: YES } = SamplingDecision;
const share = (decision: ReturnType<typeof decide>, of = 4000): number =>
  Array.from({ length: of }, () => decision().decision).filter((made) => made === YES).length / of;

test('always on and always off mean it', () => {
  expect(share(decide({ kind: 'always_on' }), 10)).toBe(1);
  expect(share(decide({ kind: 'always_off' }), 10)).toBe(0);
});

test.each([0, 0.1, 0.5, 1])('a ratio of %d samples that share of the traces, and one trace always alike', (ratio) => {
  const decision = decide({ kind: 'traceidratio', ratio });
  // Seven standard deviations of a fair draw of 4000 lie within 0.06.
  expect(Math.abs(share(decision) - ratio)).toBeLessThan(0.06);
  const traceId = ids.generateTraceId();
  expect(decision(ROOT_CONTEXT, traceId)).toEqual(decide({ kind: 'traceidratio', ratio })(ROOT_CONTEXT, traceId));
});

test('parent-based follows the parent, and asks the root only where there is none', () => {
  const decision = decide({ kind: 'parentbased', root: { kind: 'always_off' } });
  expect(decision().decision).toBe(NO);
  for (const isRemote of [true, false]) {
    expect(decision(parent(true, isRemote)).decision).toBe(YES);
    expect(decision(parent(false, isRemote)).decision).toBe(NO);
  }
});

test('each branch of parent-based has its own sampler', () => {
  const on = { kind: 'always_on' } as const;
  const off = { kind: 'always_off' } as const;
  const decision = decide({
    kind: 'parentbased',
    root: on,
    remoteParentSampled: off,
    remoteParentNotSampled: on,
    localParentSampled: off,
    localParentNotSampled: on,
  });
  expect(decision().decision).toBe(YES);
  for (const isRemote of [true, false]) {
    expect(decision(parent(true, isRemote)).decision).toBe(NO);
    expect(decision(parent(false, isRemote)).decision).toBe(YES);
  }
});

test('consistent probability writes its threshold into the trace state and keeps what others wrote', () => {
  const decision = decide({ kind: 'consistent_probability', ratio: 0.25 });
  const lowest = '0123456789abcdef00'.padEnd(32, '0');
  const highest = '0123456789abcdef00'.padEnd(32, 'f');
  expect(decision(ROOT_CONTEXT, lowest).decision).toBe(NO);
  const sampled = decision(ROOT_CONTEXT, highest);
  expect(sampled.decision).toBe(YES);
  expect(sampled.traceState?.serialize()).toBe('ot=th:c');
  expect(decision(parent(true, true, 'vendor=1'), highest).traceState?.serialize()).toBe('ot=th:c,vendor=1');
  expect(Math.abs(share(decision) - 0.25)).toBeLessThan(0.06);
});

test('consistent probability draws by the random value of the trace state where there is one', () => {
  const decision = decide({ kind: 'consistent_probability', ratio: 0.5 });
  const traceId = 'f'.repeat(32);
  expect(decision(parent(true, true, 'ot=rv:00000000000000'), traceId).decision).toBe(NO);
  expect(decision(parent(true, true, 'ot=rv:ffffffffffffff'), traceId).decision).toBe(YES);
});

test('below parent-based, consistent probability decides for roots, and children keep the decision', () => {
  const decision = decide({ kind: 'parentbased', root: { kind: 'consistent_probability', ratio: 1 } });
  expect(decision().traceState?.serialize()).toBe('ot=th:0');
  expect(decision(parent(false, true, 'ot=th:8')).decision).toBe(NO);
});

test('rate limiting is a sampler like the others', () => {
  const decision = decide({ kind: 'parentbased', root: { kind: 'rate_limiting', perSecond: 3 } });
  const decisions = Array.from({ length: 100 }, () => decision().decision);
  expect(decisions.slice(0, 3)).toEqual([YES, YES, YES]);
  expect(decisions.slice(3)).not.toContain(SamplingDecision.RECORD);
  // The bucket fills while the loop runs, but not by ninety.
  expect(decisions.filter((made) => made === YES).length).toBeLessThan(10);
  expect(decision(parent(true, true)).decision).toBe(YES);
});
