/** Applications at one address, and what is read there. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn, type ChildProcess } from 'node:child_process';
import { register, root } from '../support/run.ts';

const app = (name: string): string => fileURLToPath(new URL(`apps/${name}.mjs`, import.meta.url));

export interface App {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Gives an order, and the answer. */
  order(line: string): Promise<string>;
  waitFor(pattern: RegExp, times?: number): Promise<void>;
  output(): string;
  lines(): readonly string[];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

const running = new Set<ChildProcess>();

export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

export function launch(
  name: 'plain' | 'cluster',
  port: number,
  {
    args = [],
    env = {},
    preload = true,
  }: { args?: readonly string[]; env?: Record<string, string>; preload?: boolean } = {},
): App {
  const flags = preload ? ['--import', register] : [];
  const child = spawn(process.execPath, [...flags, app(name), ...args], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      OTEL_SERVICE_NAME: 'group-test',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    }),
  );
  const waitFor = async (pattern: RegExp, times = 1): Promise<void> => {
    const all = new RegExp(pattern.source, 'g');
    await until(
      `${pattern} of ${name}`,
      () => (stdout.match(all) ?? []).length >= times,
      () => `${stdout}\n${stderr}`,
    );
  };
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    waitFor,
    output: () => stdout,
    lines: () => stderr.split('\n').filter((line) => line.startsWith('firstlight: ') && !line.includes(' sees ')),
    async order(line) {
      const before = stdout.length;
      child.stdin.write(`${line}\n`);
      await until(
        `answer to ${line}`,
        () => stdout.slice(before).includes('\n'),
        () => stderr,
      );
      return stdout.slice(before).trim().replace(/^> /, '');
    },
  };
}

const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { readonly version: string };
/** What a process says that is of the group, but for what is given. */
export const sibling = (more: object = {}) => ({
  service: 'group-test',
  version,
  group: '',
  uid: process.getuid?.() ?? -1,
  firstlight: version,
  pid: process.pid,
  id: `test ${Math.random()}`,
  ...more,
});

export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  context: () => string = () => '',
  timeout = 20_000,
): Promise<void> {
  const end = performance.now() + timeout;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${timeout} ms: ${what}\n${context()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Scrape {
  readonly text: string;
  readonly ms: number;
  /** Of all series of that name, added up. */
  sum(name: string): number;
  /** Values of a label, of all series of that name. */
  labels(name: string, label: string): readonly (string | undefined)[];
}

/** Undefined where nothing is served. */
export async function scrape(port: number): Promise<Scrape | undefined> {
  const start = performance.now();
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } });
    const text = await response.text();
    const series = (name: string): readonly string[] =>
      text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return {
      text,
      ms: performance.now() - start,
      sum: (name) => series(name).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0),
      labels: (name, label) =>
        series(name)
          .map((line) => new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1])
          .toSorted((a = '', b = '') => (a < b ? -1 : 1)),
    };
  } catch {
    return undefined;
  }
}

/** Scrapes until something is read. */
export async function reads(
  port: number,
  what: string,
  isSo: (scrape: Scrape) => boolean,
  timeout = 20_000,
): Promise<Scrape> {
  let last: Scrape | undefined;
  await until(
    what,
    async () => {
      last = await scrape(port);
      return last !== undefined && isSo(last);
    },
    () => last?.text ?? 'nothing is served',
    timeout,
  );
  return last!;
}
