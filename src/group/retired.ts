/**
 * What the group has counted and no living process will tell again: values of members that are gone, and the legacy of
 * servers before. A legacy contains what its members had counted, who will tell it themselves once they are here: by
 * then it is taken away.
 */
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { decode, encode, type Inherited, type Legacy, type ThreadValues, type Values } from './frames.ts';
import { merge, sumsOf, type MergeOptions, type Part } from './merge.ts';

export interface Retired {
  add(threads: readonly ThreadValues[]): void;
  /** Throws where it cannot be read. */
  inherit(inherited: Inherited): void;
  sums(): readonly ScopeMetrics[];
  /** Of all that was served. */
  legacy(served: readonly ScopeMetrics[]): Uint8Array;
}

/** Servers that are remembered by name. */
const MAX_LINE = 16;

/** `id`: the name of this server. */
export function createRetired(id: string, options: MergeOptions): Retired {
  let sums: readonly ScopeMetrics[] = [];
  let line = [id];
  const put = (...parts: readonly Part[]): void => {
    sums = merge([{ scopeMetrics: sums }, ...parts], options);
  };
  const ofThreads = (threads: readonly ThreadValues[], minus: boolean): readonly Part[] =>
    threads.map(({ scopeMetrics }) => ({ scopeMetrics: sumsOf(scopeMetrics), minus }));
  return {
    add: (threads) => put(...ofThreads(threads, false)),
    inherit({ legacy, own }) {
      const { line: ancestors, sums: left } = decode<Legacy>(legacy);
      const isNew = !ancestors.some((ancestor) => line.includes(ancestor));
      // All of it or nothing.
      put(
        ...(isNew ? [{ scopeMetrics: left }] : []),
        ...(own === undefined ? [] : ofThreads(decode<Values>(own).threads, true)),
      );
      line = [...new Set([...line, ...ancestors])].slice(0, MAX_LINE);
    },
    sums: () => sums,
    legacy: (served) => encode({ line, sums: sumsOf(served) } satisfies Legacy),
  };
}
