'use strict';
// An application that starts an OpenTelemetry SDK of its own and counts what reaches it.
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { trace } = require('@opentelemetry/api');
let ended = 0;
const counter = { onStart() {}, onEnd: () => ended++, forceFlush: async () => {}, shutdown: async () => {} };
new NodeSDK({ spanProcessors: [counter], metricReaders: [], logRecordProcessors: [] }).start();
for (let i = 0; i < 5; i++) trace.getTracer('own').startSpan('mine').end();
console.log(ended);
