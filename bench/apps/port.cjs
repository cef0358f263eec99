'use strict';
// An application that listens on the metrics port itself, a moment after it has started.
setTimeout(() => {
  const server = require('node:http')
    .createServer()
    .listen(Number(process.env.OTEL_EXPORTER_PROMETHEUS_PORT), () => {
      console.log('listening');
      server.close();
    });
}, 500);
