'use strict';
// Loaded before a measured application: it profiles the main thread from one message to the next and answers with the
// profile.
const { Session } = require('node:inspector');

const session = new Session();
session.connect();
const post = (method, params) => session.post(method, params, (cause) => process.send(cause?.message ?? method));

process.on('message', (asked) => {
  if (asked === 'start profile') {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 500 });
    post('Profiler.start');
  }
  if (asked === 'stop profile') session.post('Profiler.stop', (_cause, result) => process.send(result?.profile));
});
