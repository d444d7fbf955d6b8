/** A rule with a hole in its tests, for the test of the tool: nobody asks at exactly 18, nor for the last of the guests. */
export function mayEnter(age: number, guests: readonly string[], name: string): boolean {
  if (name === "") return false;
  return age >= 18 && guests.some((guest) => guest === name);
}
