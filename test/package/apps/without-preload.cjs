'use strict';
// Which files of the package an application loads that has it, but was not started with it.
const { registerHooks } = require('node:module');

const files = [];
registerHooks({
  load(url, context, next) {
    if (url.includes('/firstlight/')) files.push(url);
    return next(url, context);
  },
});

async function report({ flush, status }) {
  await flush();
  console.log(JSON.stringify({ status: status() ?? null, files }));
}

const loading = process.argv[2] === 'require' ? Promise.resolve(require('firstlight')) : import('firstlight');
void loading.then(report);
