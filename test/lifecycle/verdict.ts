/** One end of a process beside that of plain Node: what arrived, what it cost, and what is not as promised. */
import { isDeepStrictEqual } from 'node:util';
import type { Collector } from '../support/collector.ts';
import { arrived, expected, type Telemetry } from './arrived.ts';
import { shown, type Ended } from './ending.ts';
import type { Way } from './ways.ts';

/** Milliseconds that an end may take longer; half a second more on a busy machine. */
export const ADDED = 2000;
export const TOLERANCE = 500;

export interface Verdict {
  readonly got: Telemetry;
  readonly want: Telemetry;
  readonly added: number;
  readonly asPlain: boolean;
  /** Empty where all is as promised. */
  readonly problems: readonly string[];
}

export function judge(
  way: Way,
  plain: Ended,
  seen: Ended,
  collector: Pick<Collector, 'spans' | 'logs' | 'metrics'>,
): Verdict {
  const [got, want] = [arrived(collector), expected(way)];
  const added = seen.ms - plain.ms;
  const asPlain = isDeepStrictEqual(shown(seen, way), shown(plain, way));
  const problems = [
    ...differences('spans', got.spans, want.spans, way),
    ...differences('log records', got.lines, want.lines, way),
    ...(got.counted === want.counted ? [] : [`counter at ${got.counted} instead of ${want.counted}`]),
    ...problemsOfEnd(way, plain, seen),
  ];
  return { got, want, added, asPlain, problems };
}

/** What is wrong with the end alone. */
export function problemsOfEnd(way: Way, plain: Ended, seen: Ended): string[] {
  const added = seen.ms - plain.ms;
  return [
    ...(isDeepStrictEqual(shown(seen, way), shown(plain, way)) ? [] : [difference(way, plain, seen)]),
    ...(added <= ADDED + TOLERANCE ? [] : [`${Math.round(added)} ms added`]),
  ];
}

export const endOf = ({ code, signal }: Ended): string => String(code ?? signal);

function difference(way: Way, plain: Ended, seen: Ended): string {
  if (endOf(plain) !== endOf(seen)) return `ends with ${endOf(seen)} instead of ${endOf(plain)}`;
  const [want, got] = [shown(plain, way), shown(seen, way)];
  return want.stdout === got.stdout || isDeepStrictEqual(want.stdout, got.stdout) ? 'other stderr' : 'other stdout';
}

function differences(what: string, got: readonly string[], want: readonly string[], { again }: Way): string[] {
  const missing = want.filter((name) => !got.includes(name));
  const more = got.length + missing.length - want.length;
  return [
    ...(missing.length > 0 ? [`${missing.length} ${what} missing (${missing.slice(0, 2).join(', ')} …)`] : []),
    ...(more > 0 && again !== true ? [`${more} ${what} too many`] : []),
  ];
}
