'use strict';
// What a user of prom-client writes: its default metrics, and a middleware that times every request. Its page is on the
// port that the other peers are told.
const diagnostics = require('node:diagnostics_channel');
const { createServer } = require('node:http');
const { promisify } = require('node:util');
const zlib = require('node:zlib');
const promClient = require('prom-client');

const { Histogram, collectDefaultMetrics, register } = promClient;
const gzip = promisify(zlib.gzip);

collectDefaultMetrics();
const duration = new Histogram({
  name: 'http_server_request_duration_seconds',
  help: 'Duration of requests',
  labelNames: ['method', 'route', 'status'],
});
diagnostics.subscribe('http.server.request.start', ({ request, response }) => {
  const end = duration.startTimer();
  response.once('finish', () =>
    end({ method: request.method, route: request.route?.path ?? '', status: response.statusCode }),
  );
});
createServer(async (request, response) => {
  const text = await register.metrics();
  response.setHeader('content-type', register.contentType);
  if (!request.headers['accept-encoding']?.includes('gzip')) return response.end(text);
  response.setHeader('content-encoding', 'gzip');
  return response.end(await gzip(text));
})
  .listen(Number(process.env.OTEL_EXPORTER_PROMETHEUS_PORT), '127.0.0.1')
  .unref();
globalThis[Symbol.for('bench.prom-client')] = promClient;
