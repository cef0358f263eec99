'use strict';
// Tells who it is as soon as the metrics are served, or after 5 s where they are not.
const { status } = require(process.env.FIRSTLIGHT);

const started = Date.now();
const timer = setInterval(() => {
  const now = status();
  if (now?.admin === undefined && Date.now() - started < 5000) return;
  clearInterval(timer);
  console.log(JSON.stringify({ pid: process.pid, admin: now?.admin, service: now?.service.name }));
}, 20);
