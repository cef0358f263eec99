'use strict';
/**
 * What becomes of a bench application once it listens: it stays for `argv[2]` milliseconds, so that work put off at
 * the start is done within the measurement, tells its memory and ends; or, with a channel to its parent, it stays and
 * answers every message with its port and the CPU time it has used.
 */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Whether an OpenTelemetry SDK runs: a peer that failed to start would be the cheapest of all. */
const traced = () => globalThis[Symbol.for('opentelemetry.js.api.1')]?.trace !== undefined;

const state = () => ({ cpu: cpu(), rss: process.memoryUsage.rss(), traced: traced() });

module.exports = function stay(server) {
  server.listen(0, '127.0.0.1', () => {
    const cpuAtListening = cpu();
    if (process.channel !== undefined) {
      process.on('message', () => process.send({ port: server.address().port, ...state() }));
      return;
    }
    setTimeout(() => {
      console.log(JSON.stringify({ cpuAtListening, ...state() }));
      process.exit();
    }, Number(process.argv[2]));
  });
};
