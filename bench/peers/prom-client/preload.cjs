'use strict';
// What a user of prom-client writes: its default metrics, and a middleware that times every request.
const diagnostics = require('node:diagnostics_channel');
const { createServer } = require('node:http');
const { Histogram, collectDefaultMetrics, register } = require('prom-client');

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
createServer((_request, response) => void register.metrics().then((text) => response.end(text)))
  .listen(0, '127.0.0.1')
  .unref();
globalThis[Symbol.for('bench.prom-client')] = true;
