/**
 * The process, as it is when somebody asks: nothing is done in between.
 * https://opentelemetry.io/docs/specs/semconv/system/process-metrics/
 */
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { Meter } from '@opentelemetry/api';
import { observeTogether } from './instrument.ts';

/** What has an entry for each open file; other systems tell nobody. */
const OPEN_FILES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: '/proc/self/fd',
  android: '/proc/self/fd',
  darwin: '/dev/fd',
};
/** Entries that are read at a time, so that the event loop turns between. */
const BATCH = 1000;

export function measureProcess(meter: Meter): void {
  observeTogether(
    meter,
    ['process.cpu.time', 'process.memory.usage', 'process.start_time', 'process.uptime'],
    (observe) => {
      const { user, system } = process.cpuUsage();
      observe('process.cpu.time', user / 1e6, { 'cpu.mode': 'user' });
      observe('process.cpu.time', system / 1e6, { 'cpu.mode': 'system' });
      observe('process.memory.usage', process.memoryUsage.rss());
      observe('process.start_time', performance.timeOrigin / 1000);
      observe('process.uptime', process.uptime());
    },
  );
  const folder = OPEN_FILES[process.platform];
  if (folder === undefined) return;
  const count = createFileCount(folder);
  observeTogether(meter, ['process.open_file_descriptor.count'], async (observe) => {
    const counted = count();
    // At the end of a process only what is observed at once is reported.
    const files = typeof counted === 'number' ? counted : await counted;
    if (files !== undefined) observe('process.open_file_descriptor.count', files);
  });
}

/**
 * Linux from 6.2 on tells the number as the size of the folder: at once, and also when no file can be opened any more.
 * Elsewhere the entries are counted, once for all who ask meanwhile; undefined where they cannot be read.
 */
export function createFileCount(folder: string, size = sizeOf): () => number | Promise<number | undefined> {
  let counting: Promise<number | undefined> | undefined;
  return () => {
    const told = folder.startsWith('/proc/') ? size(folder) : 0;
    if (told > 0) return told;
    return (counting ??= entriesOf(folder)
      .catch(() => undefined)
      .finally(() => (counting = undefined)));
  };
}

// Taken at the start, before an instrumentation makes spans of what is read.
const { statSync } = fs;
const opendir = promisify(fs.opendir);

function sizeOf(folder: string): number {
  try {
    return statSync(folder).size;
  } catch {
    // Not permitted, which the count will find as well.
    return 0;
  }
}

/** Without the one that is open for the counting. */
async function entriesOf(folder: string): Promise<number> {
  let entries = -1;
  for await (const _ of await opendir(folder, { bufferSize: BATCH })) entries++;
  return entries;
}
