/**
 * What the group has counted and no living process will tell again: values of members that are gone, and the legacy of
 * servers before. A legacy contains what its members had counted, who will tell it themselves once they are here: by
 * then it is taken away. Members may bring different ones, when a server has ended while it left them: the newest counts.
 */
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import * as diag from '../diag.ts';
import { sliced } from '../sliced.ts';
import { decode, type KeptLegacy, type ThreadValues, type Values } from './frames.ts';
import { decodeLegacy, encodeLegacy, type Legacy } from './legacy.ts';
import { merge, mergeSteps, sumsOf, type MergeOptions, type Part } from './merge.ts';

export interface Retired {
  /** `minus`: they are a member's again. */
  add(threads: readonly ThreadValues[], minus?: boolean): void;
  /** Throws where it cannot be read. */
  takeOver(kept: KeptLegacy): void;
  /** Encoded values that are in a legacy, of a process that tells them itself from now on. */
  takeAway(own: Uint8Array): void;
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
  let at = 0;
  /** Those that have been taken over, while an even newer one may come. */
  let taken: readonly Legacy[] = [];
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
  const takeAway = (own: Uint8Array): void =>
    take({ scopeMetrics: { [Symbol.iterator]: () => sumsIn(own) }, minus: true });
  return {
    add: (threads, minus = false) =>
      take(...threads.map(({ scopeMetrics }) => ({ scopeMetrics: sumsOf(scopeMetrics), minus }))),
    takeOver({ legacy, own }) {
      const left = decodeLegacy(legacy);
      const older = taken.filter((each) => contains(left, each));
      if (older.length > 0 || !left.line.some((ancestor) => line.includes(ancestor))) {
        taken = [...taken.filter((each) => !older.includes(each)), left];
        take({ scopeMetrics: left.sums }, ...older.map((each) => ({ scopeMetrics: each.sums, minus: true })));
      }
      line = [...new Set([...line, ...left.line])].slice(0, MAX_LINE);
      if (own !== undefined) takeAway(own);
    },
    takeAway,
    settle,
    sums: () => (come.length === 0 ? sums : merge(parts(), options)),
    legacy(served) {
      // From now on the members keep this one.
      taken = [];
      return encodeLegacy({ line, at: ++at }, sumsOf(served));
    },
  };
}

/** Whether a legacy is the later one of the same server, or of one that has taken over the other. */
const contains = ({ line, at }: Legacy, { line: [server = ''], at: before }: Legacy): boolean =>
  line[0] === server ? at > before : line.includes(server);

/** Decoded when it is its turn. */
function* sumsIn(values: Uint8Array): Generator<ScopeMetrics, void> {
  for (const { scopeMetrics } of decode<Values>(values).threads) yield* sumsOf(scopeMetrics);
}
