module.exports = {
  flowFile: 'flows.json',
  credentialSecret: 'night',
  httpStatic: __dirname + '/static',
  telemetry: { enabled: false },
  logging: { console: { level: 'info', metrics: false, audit: false } },
};
