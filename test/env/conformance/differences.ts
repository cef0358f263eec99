/** Where Firstlight is different on purpose. `path` is matched against the place in the observation. */
export interface Difference {
  readonly path: RegExp;
  /** Names of the cases it may occur in; without it, all. */
  readonly cases?: RegExp;
  readonly reason: string;
}

export const differences: readonly Difference[] = [
  {
    path: /\/headers\/user-agent$/,
    reason: 'the name of the distribution stands before that of the exporter, as the specification asks for',
  },
  { path: /\/resource\/0\/telemetry\.distro\.(name|version)$/, reason: 'a distribution says which one it is' },
  {
    path: /\/resource\/0\/service\.(name|version)$/,
    reason: 'what is not set comes from the package.json of the application, and not from the path of Node',
  },
  {
    path: /\/resource\/0\/process\.executable\.name$/,
    reason: 'the name of the executable file; process.title can be set by the application and may be a path',
  },
  { path: /\/resource\/0\/process\.command_args(\/\d+)?$/, reason: 'arguments carry secrets' },
  { path: /\/resource\/0\/process\.owner$/, reason: 'the name of a user is personal data' },
  { path: /\/resource\/0\/(container\.id|k8s\.[a-z.]+)$/, reason: 'container and Kubernetes are detected by default' },
  {
    path: /\/resource\/0\/a$/,
    cases: /^(resource attributes, malformed|attributes without the env detector)$/,
    reason: 'one bad pair costs that pair and a line, and attributes that were set count whichever detectors run',
  },
  {
    path: /^metrics\/others/,
    reason: 'what became of everything is counted with nothing to switch on',
  },
  {
    path: /^(traces|logs)\/(batches|items)\//,
    cases: /^batch sizes$/,
    reason: 'nothing leaves in the call of the application that fills a batch: a queue of 20 holds 20',
  },
  {
    path: /\/headers\/grpc-timeout$/,
    reason: 'at the end of the process a request has the time that is left, not that of the exporter',
  },
  {
    path: /^seen\/recording$/,
    cases: /^no exporters$/,
    reason: 'spans that nobody exports still give log records their ids and metrics their routes',
  },
];

/** Variables that upstream honours and no case can show, each with the place where it is tested instead. */
export const shownElsewhere: Readonly<Record<string, string>> = {
  OTEL_BLRP_EXPORT_TIMEOUT: 'not on the wire: test/signals/logs.test.ts',
  OTEL_BSP_EXPORT_TIMEOUT: 'not on the wire: test/signals/traces.test.ts',
  OTEL_CONFIG_FILE: 'ignored by NodeSDK: test/config',
  OTEL_EXPORTER_PROMETHEUS_HOST: 'the admin server is our own: test/admin',
  OTEL_EXPORTER_PROMETHEUS_PORT: 'the admin server is our own: test/admin',
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'Zipkin is gone from the specification of exporters: test/config',
};
