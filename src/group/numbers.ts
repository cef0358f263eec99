/** The wish where it is free, else the smallest from 1 on that is: numbers are labels, and shall not become many. */
export function freeNumber(taken: readonly number[], wish?: number): number {
  if (wish !== undefined && !taken.includes(wish)) return wish;
  let number = 1;
  while (taken.includes(number)) number++;
  return number;
}
