/**
 * What arrives at every way a process can end, and what the end costs: with a healthy collector and with each kind of
 * trouble, beside plain Node. Fails where something is not as promised.
 *
 *   npm run check:delivery [-- PART OF THE NAME OF A WAY]
 */
import { printTable } from '../bench/report.ts';
import { startFaultyCollector, type FaultyCollector } from '../test/support/faulty-collector.ts';
import { end, type Ended } from '../test/lifecycle/ending.ts';
import { nameOf, TROUBLES, UNRESOLVABLE, type Trouble } from '../test/lifecycle/troubles.ts';
import { endOf, judge, problemsOfEnd, type Verdict } from '../test/lifecycle/verdict.ts';
import {
  asPid1,
  byItself,
  byLibrary,
  bySignal,
  installedLibraries,
  mayBePid1,
  ofSeveral,
  underParents,
  type Way,
} from '../test/lifecycle/ways.ts';

const AT_ONCE = 2;
const FAILED = ' ✗';

async function allWays(): Promise<Way[]> {
  const app = await installedLibraries();
  return [...byItself, ...bySignal, ...underParents, ...(mayBePid1 ? asPid1 : []), ...ofSeveral, ...byLibrary(app)];
}

/** As many at once as there are cores: what is measured is time. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

async function withCollector<R>(work: (collector: FaultyCollector) => Promise<R>): Promise<R> {
  const collector = await startFaultyCollector();
  try {
    return await work(collector);
  } finally {
    await collector.close();
  }
}

const failures: string[] = [];

async function healthy(ways: readonly Way[]): Promise<void> {
  const rows = await each(ways, (way) =>
    withCollector(async (collector) => {
      const plain = await end(way, { preload: false });
      const seen = await end(way, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
      const verdict = judge(way, plain, seen, collector);
      failures.push(...verdict.problems.map((problem) => `${way.name}: ${problem}`));
      return row(way, seen, verdict);
    }),
  );
  const header = ['way to end', 'spans', 'logs', 'counter', 'ends with', 'as plain Node', 'ms added', ''];
  printTable('Arrived of what was made, with a healthy collector', header, rows);
}

function row({ name }: Way, seen: Ended, { got, want, added, asPlain, problems }: Verdict): string[] {
  return [
    name,
    `${got.spans.length}/${want.spans.length}`,
    `${got.lines.length}/${want.lines.length}`,
    `${got.counted}/${want.counted}`,
    endOf(seen),
    asPlain ? 'yes' : 'no',
    String(Math.round(added)),
    problems.length > 0 ? FAILED : '',
  ];
}

const IN_TROUBLE = ['natural end', 'process.exit', 'uncaughtException', 'SIGTERM'];

async function troubled(ways: readonly Way[]): Promise<void> {
  const plain = await Promise.all(ways.map((way) => end(way, { preload: false })));
  const cases = TROUBLES.flatMap((trouble) =>
    (['http/protobuf', 'grpc'] as const).map((protocol) => ({ trouble, protocol })),
  );
  const rows: string[][] = [];
  for (const { trouble, protocol } of cases) {
    const name = `${nameOf(trouble.mode)}, ${protocol === 'grpc' ? 'gRPC' : 'HTTP'}`;
    const cells = await withCollector((collector) =>
      each(ways, async (way) => {
        const alone = plain[ways.indexOf(way)] as Ended;
        const seen = await end(way, { env: await envOf(trouble, protocol, collector) });
        const problems = [...problemsOfEnd(way, alone, seen), ...silence(trouble, seen)];
        failures.push(...problems.map((problem) => `${name}, ${way.name}: ${problem}`));
        return `${Math.round(seen.ms - alone.ms)}${problems.length > 0 ? FAILED : ''}`;
      }),
    );
    rows.push([name, ...cells]);
  }
  printTable('Milliseconds added to the end, with a collector in trouble', ['', ...ways.map(({ name }) => name)], rows);
}

async function envOf(
  { mode }: Trouble,
  protocol: 'http/protobuf' | 'grpc',
  collector: FaultyCollector,
): Promise<Record<string, string>> {
  if (mode !== UNRESOLVABLE) await collector.become(mode);
  const { url, grpcUrl } = collector;
  return {
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_ENDPOINT: mode === UNRESOLVABLE ? mode : protocol === 'grpc' ? grpcUrl : url,
  };
}

function silence({ loses }: Trouble, { diagnostics }: Ended): string[] {
  const lost = diagnostics.some((line) => line.includes('lost '));
  if (lost === loses) return [];
  return [loses ? 'nothing is said of what was lost' : 'something was lost'];
}

const [, , part = ''] = process.argv;
const ways = (await allWays()).filter(({ name }) => name.includes(part));
await healthy(ways);
await troubled(ways.filter(({ name }) => IN_TROUBLE.includes(name)));
if (!mayBePid1) process.stdout.write('\nNot tried as PID 1: unshare is not permitted here.\n');
process.stdout.write(failures.length === 0 ? '\nAll as promised.\n' : `\nNot as promised:\n${failures.join('\n')}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
