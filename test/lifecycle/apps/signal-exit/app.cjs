// An application that learns of its end from a library. `work.cjs` is copied beside it.
//   node app.cjs signal-exit-3|signal-exit-4|both|close-with-grace natural|exit|throw|signal
const { setTimeout: sleep } = require('node:timers/promises');
const { work } = require('./work.cjs');

const told = (library) => (code, signal) => work(`${library} told of ${signal ?? code}`);

const libraries = {
  'signal-exit-3': () => require('signal-exit-3')(told('signal-exit-3')),
  'signal-exit-4': () => require('signal-exit-4').onExit(told('signal-exit-4')),
  both() {
    libraries['signal-exit-3']();
    libraries['signal-exit-4']();
  },
  'close-with-grace'() {
    require('close-with-grace')({ delay: 1000 }, async ({ signal, err }) => {
      work(`close-with-grace told of ${signal ?? err}`);
      await sleep(50);
      work('closed');
    });
  },
};

const ways = {
  natural() {},
  exit: () => process.exit(3),
  throw() {
    throw new Error('thrown');
  },
  signal: () => void setInterval(() => {}, 1000),
};

const [library, way] = process.argv.slice(2);
libraries[library]();
work('start');
console.log('ending');
setTimeout(() => ways[way](), 50);
