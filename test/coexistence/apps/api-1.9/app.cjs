'use strict';
const { metrics, trace } = require('@opentelemetry/api');

metrics.getMeter('app').createCounter('orders').add(3);
trace.getTracer('app').startActiveSpan('parent', (parent) => {
  trace.getTracer('app').startSpan('child').end();
  parent.end();
});
console.log('application ends');
