'use strict';
// Spans as those of pg, three below each request; prints the least CPU nanoseconds of one in several runs.
const { ROOT_CONTEXT, SpanKind, trace } = require('@opentelemetry/api');

const RUNS = 9;
const REQUESTS = 20_000;
const QUERIES = 3;

const tracer = trace.getTracer('@opentelemetry/instrumentation-pg');
const attributes = {
  'db.system.name': 'postgresql',
  'db.namespace': 'test',
  'server.address': '127.0.0.1',
  'server.port': 5432,
};

function run() {
  const before = process.cpuUsage();
  for (let request = 0; request < REQUESTS; request++) {
    const server = tracer.startSpan('GET', { kind: SpanKind.SERVER }, ROOT_CONTEXT);
    const below = trace.setSpan(ROOT_CONTEXT, server);
    for (let query = 0; query < QUERIES; query++) {
      const span = tracer.startSpan('pg.query:SELECT test', { kind: SpanKind.CLIENT, attributes }, below);
      span.setAttribute('db.query.text', 'SELECT $1::text AS id');
      span.end();
    }
    server.end();
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / REQUESTS / QUERIES;
}

run();
process.stdout.write(String(Math.min(...Array.from({ length: RUNS }, run))));
process.exit();
