/*
 * The door for `--require` and `NODE_OPTIONS`, and the guard of every start: ES5, so that the oldest Node can read it
 * and start the application. Nothing behind this file is loaded where Firstlight cannot run.
 */
/* eslint-disable no-var, prefer-template */
'use strict';

(function () {
  var version = process.versions.node.split('.');
  var major = Number(version[0]);
  var minor = Number(version[1]);
  // 22.15 and 23.5 brought `module.registerHooks`, on which loading on first use stands.
  var supported = major >= 24 || (major === 23 && minor >= 5) || (major === 22 && minor >= 15);
  if (!supported) {
    if (!isMainThread()) return;
    warn('Node ' + process.versions.node + ' is not supported (22.15 or newer is); the application runs without it');
    return;
  }
  try {
    require('./dist/preload.cjs').preload(process.env);
  } catch (error) {
    warn('could not start, the application runs without it: ' + ((error && error.message) || error));
  }

  // The main thread has said it; Node 10 has no worker threads without a flag.
  function isMainThread() {
    try {
      return require('worker_threads').isMainThread;
    } catch (error) {
      return true;
    }
  }

  function warn(line) {
    var level = String(process.env.OTEL_LOG_LEVEL || '').toLowerCase();
    if (level === 'none') return;
    process.stderr.write('firstlight: ' + line + '\n');
  }
})();
