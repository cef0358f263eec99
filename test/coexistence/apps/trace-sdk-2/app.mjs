import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import work from './work.cjs';

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
const tracer = trace.getTracer('app');
const around = (run) =>
  tracer.startActiveSpan('manual', async (span) => {
    await run();
    tracer.startSpan('child').end();
    span.end();
  });
function report() {
  const spans = exporter.getFinishedSpans();
  const roots = spans.filter(({ parentSpanContext }) => parentSpanContext === undefined);
  console.log(JSON.stringify({ spans: spans.map(({ name }) => name).toSorted(), traces: roots.length }));
}

work(20, around).then(report);
