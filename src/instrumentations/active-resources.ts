/** The part of the time that counting may take, however many there are and however often somebody asks. */
const SHARE = 0.01;

/**
 * What keeps the event loop alive, counted by type. Node makes a list of all of them, a millisecond for ten thousand
 * sockets; until the next count is due the last is given again. Types that are gone are 0: a graph that falls to 0
 * says more than one that ends.
 */
export function createActiveResources(
  list: () => readonly string[] = () => process.getActiveResourcesInfo(),
  now: () => number = () => performance.now(),
): () => ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let due = -Infinity;
  return () => {
    const start = now();
    if (start < due) return counts;
    for (const type of counts.keys()) counts.set(type, 0);
    for (const type of list()) counts.set(type, (counts.get(type) ?? 0) + 1);
    const end = now();
    due = end + (end - start) / SHARE;
    return counts;
  };
}
