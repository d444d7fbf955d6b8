/**
 * Breaks a text into lines of at most `length` characters between words; longer words are broken too. Blanks at a break are
 * dropped.
 */
export function brokenIntoLines(text: string, length: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > length) {
    const blank = rest.lastIndexOf(" ", length);
    const line = rest.slice(0, blank > 0 ? blank : length);
    rest = rest.slice(line.length).trimStart();
    if (line.trim() !== "") lines.push(line.trimEnd());
  }
  return rest === "" ? lines : [...lines, rest];
}
