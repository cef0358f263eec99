/**
 * What the group has counted and no living process will tell again: values of members that are gone, and the legacy of
 * servers before. A legacy contains what its members had counted, who will tell it themselves once they are here: by
 * then it is taken away.
 */
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import * as diag from '../diag.ts';
import { sliced } from '../sliced.ts';
import { decode, type KeptLegacy, type ThreadValues, type Values } from './frames.ts';
import { decodeLegacy, encodeLegacy } from './legacy.ts';
import { merge, mergeSteps, sumsOf, type MergeOptions, type Part } from './merge.ts';

export interface Retired {
  add(threads: readonly ThreadValues[]): void;
  /** Throws where it cannot be read. */
  takeOver(kept: KeptLegacy): void;
  /** Resolves when all that has come is added up, in slices. */
  settle(): Promise<void>;
  /** Adds up at once what is not yet. */
  sums(): readonly ScopeMetrics[];
  /** Of all that was served; in steps. */
  legacy(served: readonly ScopeMetrics[]): Generator<void, Uint8Array>;
}

/** Servers that are remembered by name. */
const MAX_LINE = 16;

/** `id`: the name of this server. */
export function createRetired(id: string, options: MergeOptions): Retired {
  let sums: readonly ScopeMetrics[] = [];
  let line: readonly string[] = [id];
  /** What has come since. */
  let come: readonly Part[] = [];
  let settling: Promise<void> | undefined;

  const parts = (): readonly Part[] => [{ scopeMetrics: sums }, ...come];
  const addUp = async (): Promise<void> => {
    while (come.length > 0) {
      const { length } = come;
      try {
        sums = await sliced(mergeSteps(parts(), options));
      } catch (cause) {
        diag.limited('retired', 'what a process has left for /metrics cannot be read, and is missing there', cause);
      }
      come = come.slice(length);
    }
    settling = undefined;
  };
  const settle = (): Promise<void> => (settling ??= addUp());
  const take = (...more: readonly Part[]): void => {
    come = [...come, ...more];
    void settle();
  };
  return {
    add: (threads) => take(...threads.map(({ scopeMetrics }) => ({ scopeMetrics: sumsOf(scopeMetrics) }))),
    takeOver({ legacy, own }) {
      const { line: ancestors, sums: left } = decodeLegacy(legacy);
      const isNew = !ancestors.some((ancestor) => line.includes(ancestor));
      take(
        ...(isNew ? [{ scopeMetrics: left }] : []),
        ...(own === undefined ? [] : [{ scopeMetrics: { [Symbol.iterator]: () => sumsIn(own) }, minus: true }]),
      );
      line = [...new Set([...line, ...ancestors])].slice(0, MAX_LINE);
    },
    settle,
    sums: () => (come.length === 0 ? sums : merge(parts(), options)),
    legacy: (served) => encodeLegacy(line, sumsOf(served)),
  };
}

/** Decoded when it is its turn. */
function* sumsIn(values: Uint8Array): Generator<ScopeMetrics, void> {
  for (const { scopeMetrics } of decode<Values>(values).threads) yield* sumsOf(scopeMetrics);
}
