/** What both SDKs watch: the same calls of the API, in the same order, with the same random numbers. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  logs,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SeverityNumber,
  SpanKind,
  trace,
} from '@opentelemetry/api';

const { FIXTURE_WAIT, FIXTURE_BURST } = process.env;

// mulberry32: trace ids, and so the decisions of samplers, are the same in every run.
let seed = 42;
Math.random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const hex = (digits) => Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('');
const many = (count) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key.${i}`, i === 1 ? 'x'.repeat(300) : i]));

const tracer = trace.getTracer('fixture', '1.0.0');
const logger = logs.getLogger('fixture', '1.0.0');
const meter = metrics.getMeter('fixture', '1.0.0');

function limits() {
  const link = { context: { traceId: hex(32), spanId: hex(16), traceFlags: 1 }, attributes: many(140) };
  const span = tracer.startSpan('limited', {
    kind: SpanKind.SERVER,
    attributes: many(140),
    links: Array.from({ length: 140 }, () => link),
  });
  for (let i = 0; i < 140; i++) span.addEvent(`event ${i}`, many(140));
  span.end();
}

function sampling() {
  for (let i = 0; i < 40; i++) {
    const parent = { traceId: hex(32), spanId: hex(16), traceFlags: i % 2, isRemote: true };
    tracer.startSpan(`remote ${i}`, {}, trace.setSpanContext(ROOT_CONTEXT, parent)).end();
    const root = tracer.startSpan(`root ${i}`, { root: true });
    tracer.startSpan(`child ${i}`, {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    root.end();
  }
}

const traceId = '5b8efff798038103d269b633813fc60c';
const spanId = 'eee19b7ec3c1b174';
const INCOMING = {
  tracecontext: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'vendor=1' },
  baggage: { baggage: 'user=ann;meta=1,city=K%C3%B6ln' },
  b3: { b3: `${traceId}-${spanId}-1` },
  b3multi: { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' },
  b3short: { b3: `${traceId.slice(16)}-${spanId}-0` },
  jaeger: { 'uber-trace-id': `${traceId}:${spanId}:0:01` },
  xray: { 'x-amzn-trace-id': `Root=1-5b8efff7-98038103d269b633813fc60c;Parent=${spanId};Sampled=1` },
};

function propagating() {
  const outgoing = {};
  const baggage = propagation.createBaggage({ user: { value: 'ann' } });
  const local = { traceId, spanId, traceFlags: 1 };
  propagation.inject(
    propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, local), baggage),
    outgoing,
    defaultTextMapSetter,
  );
  const incoming = Object.entries(INCOMING).map(([name, headers]) => {
    const extracted = propagation.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const span = trace.getSpanContext(extracted);
    const state = span?.traceState?.serialize();
    return [
      name,
      { span: span && { ...span, traceState: state }, baggage: propagation.getBaggage(extracted)?.getAllEntries() },
    ];
  });
  return { outgoing, incoming: Object.fromEntries(incoming) };
}

function measuring() {
  meter.createCounter('counter', { unit: '{order}', description: 'orders' }).add(3, { kind: 'a' });
  meter.createUpDownCounter('updown').add(-2);
  const histogram = meter.createHistogram('histogram', { unit: 'ms' });
  for (const value of [1, 40, 400]) histogram.record(value, { kind: 'a' });
  meter.createGauge('gauge').record(7.5);
  meter.createObservableCounter('observed').addCallback((result) => result.observe(11));
  const crowd = meter.createCounter('crowd');
  for (let i = 0; i < 2005; i++) crowd.add(1, { i });
}

function logging() {
  const span = tracer.startSpan('logging');
  context.with(trace.setSpan(ROOT_CONTEXT, span), () =>
    logger.emit({
      body: 'in a span',
      severityNumber: SeverityNumber.ERROR,
      severityText: 'error',
      attributes: many(140),
    }),
  );
  span.end();
  logger.emit({ body: { order: 7, items: ['a', 'b'] }, eventName: 'order.paid' });
}

function burst(label, count) {
  for (let i = 0; i < count; i++) {
    tracer.startSpan(`${label} ${i}`).end();
    logger.emit({ body: `${label} ${i}` });
  }
}

const recording = tracer.startSpan('first').isRecording();
limits();
sampling();
measuring();
logging();
console.log(`SEEN ${JSON.stringify({ recording, ...propagating() })}`);
if (FIXTURE_BURST !== undefined) burst('burst', Number(FIXTURE_BURST));
if (FIXTURE_WAIT !== undefined) {
  await sleep(Number(FIXTURE_WAIT));
  burst('late', 1);
}
