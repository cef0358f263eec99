/** The known name a misspelt one most likely means, if any comes near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const given = word.toUpperCase();
  const parts = /[^A-Z0-9]/.test(given) ? sorted(given) : undefined;
  let limit = given.length < 6 ? 1 : given.length < 20 ? 2 : 3;
  let best: string | undefined;
  for (const name of known) {
    const candidate = name.toUpperCase();
    if (candidate === given || (parts !== undefined && sorted(candidate) === parts)) return name;
    if (Math.abs(candidate.length - given.length) > limit) continue;
    const apart = distance(given, candidate, limit);
    if (apart > limit || (best !== undefined && apart === limit)) continue;
    limit = apart;
    best = name;
  }
  return best;
}

/** The words in another order are the same words. */
const sorted = (name: string): string =>
  name
    .split(/[^A-Z0-9]+/)
    .sort()
    .join(' ');

/** Insertions, deletions, replacements and swaps of neighbours; gives up, with more than `limit`, when it is more. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
