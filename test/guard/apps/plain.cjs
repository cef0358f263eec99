// Read by every Node from 14 on.
'use strict';
const { Worker, isMainThread } = require('worker_threads');

let version = null;
try {
  version = require(process.env.FIRSTLIGHT).status().version;
} catch {
  // Not running, or this Node cannot require ES modules.
}
if (isMainThread) {
  console.log(`application on ${process.versions.node}, Firstlight ${version}`);
  new Worker(__filename, { env: process.env }).on('exit', () => console.log('application ends'));
}
