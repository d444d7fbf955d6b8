/** Counts down, and without its step for ever. */
export function countDown(from: number): number {
  let left = from;
  while (left > 0) left -= 1;
  return left;
}
