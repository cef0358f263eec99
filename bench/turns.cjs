'use strict';
// Loaded before a measured application: between two messages it tells how long the longest turn of the event loop was, in
// milliseconds of CPU time of the main thread, which others who want the processor do not make longer.
const cpu = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

let longest;
let before;
function turn() {
  if (longest === undefined) return;
  const now = cpu();
  longest = Math.max(longest, now - before);
  before = now;
  setImmediate(turn);
}

process.on('message', (asked) => {
  if (asked === 'watch turns') {
    longest = 0;
    before = cpu();
    setImmediate(turn);
    process.send(0);
  }
  if (asked === 'longest turn') {
    process.send(longest);
    longest = undefined;
  }
});
