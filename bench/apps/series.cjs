'use strict';
/**
 * An application that measures a lot: 10,000 series of its own, made by prom-client where that runs, else by
 * OpenTelemetry's API. A histogram's set of labels is 20 of them.
 */
const { createServer } = require('node:http');
const { metrics } = require('@opentelemetry/api');
const stay = require('./stay.cjs');

const INSTRUMENTS = 10;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const SETS = { histogram: 30, counter: 200, gauge: 200 };

const labelNames = ['method', 'route', 'status'];
const labels = (i) => ({
  method: ['GET', 'POST'][i % 2],
  route: `/things/${i}/:id`,
  status: i % 3 === 0 ? '404' : '200',
});

const promClient = globalThis[Symbol.for('bench.prom-client')];
const { histogram, counter, gauge } = promClient === undefined ? byOpenTelemetry() : byPromClient(promClient);

for (let instrument = 0; instrument < INSTRUMENTS; instrument++) {
  const record = histogram(`bench_duration_${instrument}`);
  const add = counter(`bench_events_${instrument}`);
  const set = gauge(`bench_level_${instrument}`);
  for (let i = 0; i < SETS.histogram; i++) for (let n = 0; n < 50; n++) record((n * (i + 1)) / 150, labels(i));
  for (let i = 0; i < SETS.counter; i++) add(i + 1, labels(i));
  for (let i = 0; i < SETS.gauge; i++) set(i / 7, labels(i));
}
stay(createServer((_request, response) => response.end()));

function byOpenTelemetry() {
  const meter = metrics.getMeter('bench');
  const description = 'Of the benchmark';
  const recordOf = (instrument) => (value, attributes) => instrument.record(value, attributes);
  return {
    histogram: (name) =>
      recordOf(meter.createHistogram(name, { description, advice: { explicitBucketBoundaries: BOUNDS } })),
    counter: (name) => {
      const instrument = meter.createCounter(name, { description });
      return (value, attributes) => instrument.add(value, attributes);
    },
    gauge: (name) => recordOf(meter.createGauge(name, { description })),
  };
}

function byPromClient({ Histogram, Counter, Gauge }) {
  const help = 'Of the benchmark';
  return {
    histogram: (name) => {
      const instrument = new Histogram({ name, help, labelNames, buckets: BOUNDS });
      return (value, set) => instrument.observe(set, value);
    },
    counter: (name) => {
      const instrument = new Counter({ name: `${name}_total`, help, labelNames });
      return (value, set) => instrument.inc(set, value);
    },
    gauge: (name) => {
      const instrument = new Gauge({ name, help, labelNames });
      return (value, set) => instrument.set(set, value);
    },
  };
}
