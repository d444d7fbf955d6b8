/** Counts down; without its step it never ends. */
export function countDown(from: number): number {
  let left = from;
  while (left > 0) left -= 1;
  return left;
}
