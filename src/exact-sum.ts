/**
 * Sums that do not depend on the order of what is added. Plain addition rounds: with the order, as processes come and go,
 * the last bit of a sum of seconds would change, and a counter that falls by one bit has been reset to Prometheus.
 * J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997; the rounding is that of Python's `math.fsum`.
 */

/** Numbers that do not overlap, in ascending magnitude: together they are the sum, exactly. */
export type Exact = number[];

export function addExactly(sum: Exact, term: number): void {
  let x = term;
  let kept = 0;
  for (let index = 0; index < sum.length; index++) {
    const y = sum[index]!;
    const high = x + y;
    const low = Math.abs(x) < Math.abs(y) ? x - (high - y) : y - (high - x);
    // Of what is infinite or no number nothing is exact.
    if (low !== 0 && Number.isFinite(high)) sum[kept++] = low;
    x = high;
  }
  sum.length = kept;
  sum.push(x);
}

/** The nearest number, half to even: a sum that grows never rounds to less. */
export function rounded(sum: Exact): number {
  let at = sum.length - 1;
  let high = sum[at] ?? 0;
  let low = 0;
  while (at > 0 && low === 0) {
    const x = high;
    const y = sum[--at]!;
    high = x + y;
    low = y - (high - x);
  }
  // Half-way cases are decided by what is below.
  const below = at > 0 ? sum[at - 1]! : 0;
  if ((low < 0 && below < 0) || (low > 0 && below > 0)) {
    const twice = low * 2;
    const next = high + twice;
    if (next - high === twice) return next;
  }
  return high;
}

/** What rounding took from it: with the rounded sum it is exact again. Undefined where that is nothing. */
export function rest(sum: Exact, total: number): Exact | undefined {
  if (sum.length < 2 || !Number.isFinite(total)) return undefined;
  const left = [...sum];
  addExactly(left, -total);
  const parts = left.filter((part) => part !== 0);
  return parts.length === 0 ? undefined : parts;
}
