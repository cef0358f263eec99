'use strict';
// A parent and its children, started in every way Node has, each telling whether it is seen.
const { execFileSync, fork, spawnSync } = require('node:child_process');

const seen = require(process.env.FIRSTLIGHT).status()?.pid === process.pid;
if (process.argv[2] === 'child') {
  console.log(`${process.argv[3]} seen: ${seen}`);
} else {
  console.log(`parent seen: ${seen}`);
  process.stdout.write(execFileSync(process.execPath, [__filename, 'child', 'execFile']));
  process.stdout.write(spawnSync('sh', ['-c', `"${process.execPath}" "${__filename}" child shell`]).stdout);
  fork(__filename, ['child', 'fork']);
}
