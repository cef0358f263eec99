/** An application at work (`fixtures/steady.cjs`), and what it says of itself. */
import { join } from 'node:path';
import type { Account } from '../../src/instance.ts';
import type { Signal, Span } from '../support/collector.ts';
import type { FaultyCollector } from '../support/faulty-collector.ts';
import { register, start, type Finished } from '../support/run.ts';
import { fixtures } from './ways.ts';

export interface Shown {
  /** Spans, and as many log records. */
  readonly made: number;
  /** It makes no more. */
  readonly over?: boolean;
  readonly delivery: Readonly<Record<Signal, readonly Account[]>>;
  readonly admin?: string;
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

export interface Steady {
  /** All that was shown so far; the last one is the newest. */
  readonly shown: readonly Shown[];
  /** What Firstlight has written, and when, in ms since the start. */
  readonly lines: readonly { readonly text: string; readonly at: number }[];
  last(): Shown;
  /** Resolves when it is true of what is shown; rejects when the time is over. */
  until(condition: (shown: Shown) => boolean, timeoutMs?: number): Promise<Shown>;
  /** Makes it end by itself. */
  end(): Promise<Finished>;
}

export interface SteadyOptions {
  /** Spans a second. */
  readonly rate: number;
  /** Then it makes no more. Such a burst is one of spans alone. */
  readonly seconds?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly string[];
  readonly timeout?: number;
}

export async function startSteady(
  { url, grpcUrl }: Pick<FaultyCollector, 'url' | 'grpcUrl'>,
  { rate, seconds, env = {}, flags = [], timeout = 120_000 }: SteadyOptions,
): Promise<Steady> {
  const { child, finished, waitFor } = start(
    [join(fixtures, 'steady.cjs'), ...[rate, seconds ?? []].flat().map(String)],
    {
      flags: [...flags, '--import', register],
      timeout,
      env: {
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        OTEL_EXPORTER_OTLP_ENDPOINT: env['OTEL_EXPORTER_OTLP_PROTOCOL'] === 'grpc' ? grpcUrl : url,
        ...env,
      },
    },
  );
  const began = performance.now();
  const shown: Shown[] = [];
  const lines: { text: string; at: number }[] = [];
  const looking = new Set<() => void>();
  read(child.stdout, (line) => {
    shown.push(JSON.parse(line) as Shown);
    for (const look of looking) look();
  });
  read(child.stderr, (text) => void lines.push({ text, at: performance.now() - began }));
  await waitFor(/\n/);

  const last = (): Shown => {
    const newest = shown.at(-1);
    if (newest === undefined) throw new Error('nothing was shown yet');
    return newest;
  };
  return {
    shown,
    lines,
    last,
    until: (condition, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (condition(last())) settle(() => resolve(last()));
        };
        const settle = (as: () => void): void => {
          clearTimeout(timer);
          looking.delete(look);
          as();
        };
        const timer = setTimeout(() => {
          const said = [JSON.stringify(last().delivery), ...lines.map(({ text }) => text)].join('\n');
          settle(() => reject(new Error(`not within ${timeoutMs} ms: ${said}`)));
        }, timeoutMs);
        looking.add(look);
        look();
      }),
    end() {
      child.kill('SIGTERM');
      return finished;
    },
  };
}

function read(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** What is wrong with the accounts; empty where ended = delivered + queued + dropped everywhere. */
export function imbalances({ delivery }: Shown): string[] {
  return Object.entries(delivery).flatMap(([signal, accounts]) =>
    accounts
      .filter(({ ended, delivered, queued, dropped }) => ended !== delivered + queued + sum(Object.values(dropped)))
      .map((account) => `${signal}: ${JSON.stringify(account)}`),
  );
}

export interface Total {
  readonly ended: number;
  readonly delivered: number;
  readonly queued: number;
  readonly dropped: number;
}

/** Of all places that a signal goes to. */
export function total({ delivery }: Shown, signal: Signal): Total {
  const accounts = delivery[signal];
  return {
    ended: sum(accounts.map(({ ended }) => ended)),
    delivered: sum(accounts.map(({ delivered }) => delivered)),
    queued: sum(accounts.map(({ queued }) => queued)),
    dropped: sum(accounts.flatMap(({ dropped }) => Object.values(dropped))),
  };
}

/** Numbers of the spans that arrived less and more than once. */
export function lostAndDoubled(spans: readonly Pick<Span, 'name'>[], made: number): { lost: number; doubled: number } {
  const unique = new Set(spans.map(({ name }) => name).filter((name) => /^span \d+$/.test(name)));
  return { lost: made - unique.size, doubled: spans.length - unique.size };
}
