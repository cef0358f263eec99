/** What the parts of the soak test have in common. */
import { startFaultyCollector, type FaultyCollector } from '../../test/support/faulty-collector.ts';

export interface Finding {
  /** What was measured, in figures. */
  readonly figures: string;
  /** What is not as promised; empty where it is. */
  readonly problems: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly promise: string;
  run(): Promise<readonly Finding[]>;
}

export const MIB = 1_048_576;
export const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

export async function withCollector<R>(work: (collector: FaultyCollector) => Promise<R>): Promise<R> {
  const collector = await startFaultyCollector();
  try {
    return await work(collector);
  } finally {
    await collector.close();
  }
}

/** A problem for each of the conditions that does not hold. */
export function failed(conditions: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(conditions)
    .filter(([, holds]) => !holds)
    .map(([problem]) => problem);
}
