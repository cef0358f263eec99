'use strict';
// A script that makes one span and ends.
require('@opentelemetry/api').trace.getTracer('script').startSpan('one').end();
