'use strict';
const { trace } = require('@opentelemetry/api');
const work = require('./work.cjs');

const tracer = trace.getTracer('app');
const around = (run) =>
  tracer.startActiveSpan('manual', async (span) => {
    await run();
    span.end();
  });
function report() {
  const names = globalThis.exporter.getFinishedSpans().map(({ name }) => name);
  console.log(JSON.stringify({ spans: names.toSorted() }));
}

work(20, around).then(report);
