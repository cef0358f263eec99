import type { Exemplar } from './collected.ts';

/** By bucket; of what has none, the only one. */
export type Exemplars = readonly (Exemplar | undefined)[];

/** Of two series that become one: the newest of each bucket. */
export function newest(a: Exemplars | undefined, b: Exemplars | undefined): Exemplars | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => newer(a[index], b[index]));
}

export const newer = (a: Exemplar | undefined, b: Exemplar | undefined): Exemplar | undefined =>
  a === undefined || (b !== undefined && b.time > a.time) ? b : a;
