'use strict';
// Says that the boot is over, and waits to be killed. `argv[2]` makes it do what a boot must not do.
const { status } = require(process.env.FIRSTLIGHT);

if (process.argv[2] !== undefined) {
  require('node:fs').appendFileSync(process.argv[2], 'written');
  require('node:net')
    .connect(9, '127.0.0.1')
    .on('error', () => {});
}
setTimeout(
  () => console.log(JSON.stringify({ pid: process.pid, uid: process.getuid(), seen: status()?.pid === process.pid })),
  1500,
);
setInterval(() => {}, 60_000);
