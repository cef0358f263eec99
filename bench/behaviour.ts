/**
 * What happens around the spans, with Firstlight and with stock OpenTelemetry: the rows of the README's comparison, each
 * run once. A report; it has no budget.
 *
 *   node bench/behaviour.ts
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { folderOf, installPeers, peerEnv, peers, type Peer } from './peers.ts';
import { writeResults } from './report.ts';

const seen = peers.filter(({ name }) => name !== 'none');

interface Run {
  readonly seconds: number;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Names of the spans that arrived. */
  readonly spans: readonly string[];
}

type Env = Readonly<Record<string, string>>;

const NO_COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };

const rows: readonly [title: string, app: string, env: Env, tell: (run: Run) => string][] = [
  ['spans of one request to an ES module app', 'esm.mjs', {}, ({ spans }) => [...new Set(spans)].toSorted().join(', ')],
  [
    'OTEL_TRACES_SAMPLER_ARG=abc',
    'script.cjs',
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'abc' },
    lines,
  ],
  ['OTEL_TRACE_EXPORTER=console (misspelt)', 'script.cjs', { OTEL_TRACE_EXPORTER: 'console' }, lines],
  ['OTEL_CONFIG_FILE=/missing.yaml', 'script.cjs', { OTEL_CONFIG_FILE: '/missing.yaml' }, lines],
  ['a script, and no collector', 'script.cjs', NO_COLLECTOR, ({ seconds }) => `ends after ${seconds.toFixed(1)} s`],
  ['spans of a script that makes 5,000', 'end.cjs', { SPANS: '5000' }, delivered],
  ['spans of 20, after process.exit', 'end.cjs', { END: 'exit' }, delivered],
  ['spans of 20, after SIGTERM', 'end.cjs', { END: 'SIGTERM' }, delivered],
  ['spans of 20, after SIGINT', 'end.cjs', { END: 'SIGINT' }, delivered],
  ['spans of 20, after an uncaught exception', 'end.cjs', { END: 'throw' }, delivered],
  [
    'the application listens on the metrics port',
    'port.cjs',
    await freePort(),
    ({ code, stdout }) => (code === 0 ? stdout.trim() : 'crashes'),
  ],
  ['spans that reach the application’s own SDK, of 5', 'own-sdk.cjs', {}, ({ stdout }) => stdout.trim()],
  ['span of a worker thread', 'worker.mjs', {}, ({ spans }) => (spans.includes('one') ? 'arrives' : 'lost')],
];

installPeers();
const results = [];
for (const [title, app, env, tell] of rows) {
  const told: string[] = [];
  for (const peer of seen) told.push(tell(await run(peer, app, env)));
  results.push({ title, ...Object.fromEntries(seen.map(({ name }, index) => [name, told[index]])) });
  process.stdout.write(
    `${title}\n${seen.map(({ name }, index) => `  ${name.padEnd(14)} ${told[index]}`).join('\n')}\n`,
  );
}
writeResults('behaviour', { results });

function delivered({ spans, seconds, code }: Run): string {
  const ended = code === null && seconds > 9 ? 'never ends' : `ends after ${seconds.toFixed(1)} s`;
  return `${new Set(spans).size} arrive, ${ended}`;
}

function lines({ stderr }: Run): string {
  return stderr.trim() || 'nothing is said';
}

/** A port that nobody has at this moment, for the application and the metrics. */
async function freePort(): Promise<Env> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  server.close();
  return { OTEL_EXPORTER_PROMETHEUS_PORT: String(port), OTEL_METRICS_EXPORTER: 'prometheus' };
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

function namesOf({ resourceSpans }: Traces): string[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)));
}

async function run(peer: Peer, app: string, env: Env): Promise<Run> {
  const spans: string[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => (body += text.toString()));
    request.on('end', () => {
      if (request.url === '/v1/traces') spans.push(...namesOf(JSON.parse(body) as Traces));
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const start = performance.now();
  const child = spawn(process.execPath, [...peer.flags, join(import.meta.dirname, 'apps', app)], {
    cwd: folderOf(peer),
    env: { ...peerEnv(url), OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_NODE_RESOURCE_DETECTORS: 'env', ...env },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise<number | null>((resolve) => void child.once('close', resolve));
  collector.close();
  collector.closeAllConnections();
  return { seconds: (performance.now() - start) / 1000, code, stdout, stderr, spans };
}
