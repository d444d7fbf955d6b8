/** A rule with a gap in its tests, for the test of the tool: no test tries exactly 18, or the last of the guests. */
export function mayEnter(age: number, guests: readonly string[], name: string): boolean {
  if (name === "") return false;
  return age >= 18 && guests.some((guest) => guest === name);
}
