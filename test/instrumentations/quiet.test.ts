import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { withoutNoise } from '../../src/instrumentations/quiet.ts';

function setUp() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return { tracer: withoutNoise(provider, 'layer', ['middleware']).getTracer('test'), exporter };
}

test('a span of noise is not made, and its children are those of its parent', () => {
  const { tracer, exporter } = setUp();
  const parent = tracer.startSpan('parent', {}, ROOT_CONTEXT);
  const inParent = trace.setSpan(context.active(), parent);
  const noise = tracer.startSpan('noise', { attributes: { layer: 'middleware' } }, inParent);
  const child = tracer.startSpan('child', { attributes: { layer: 'handler' } }, trace.setSpan(inParent, noise));
  for (const span of [child, noise, parent]) span.end();
  const spans = exporter.getFinishedSpans();
  expect(spans.map(({ name }) => name)).toEqual(['child', 'parent']);
  expect(spans[0]?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
});

test('noise without a parent leaves its children without one', () => {
  const { tracer, exporter } = setUp();
  const noise = tracer.startSpan('noise', { attributes: { layer: 'middleware' } }, ROOT_CONTEXT);
  tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, noise)).end();
  expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
});

test('a span that is ended twice ends the first time', () => {
  const { tracer, exporter } = setUp();
  const span = tracer.startSpan('span', {}, ROOT_CONTEXT);
  span.end([4_000_000_000, 0]);
  span.end([5_000_000_000, 0]);
  expect(exporter.getFinishedSpans().map(({ endTime }) => endTime)).toEqual([[4_000_000_000, 0]]);
});
