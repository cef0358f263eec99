import type { Exemplar } from '../collected.ts';

type Exemplars = readonly (Exemplar | undefined)[];

/** The newest of each bucket. */
export function newest(known: Exemplars | undefined, given: Exemplars | undefined): Exemplars | undefined {
  if (known === undefined || given === undefined) return known ?? given;
  const longer = known.length > given.length ? known : given;
  return Array.from(longer, (_, index) => newer(known[index], given[index]));
}

function newer(a: Exemplar | undefined, b: Exemplar | undefined): Exemplar | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.time > a.time ? b : a;
}
