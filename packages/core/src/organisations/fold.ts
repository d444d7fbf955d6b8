const danish: Readonly<Record<string, string>> = { æ: "ae", ø: "oe", å: "aa", ä: "ae", ö: "oe", ß: "ss" };

/**
 * Normalises a text for searching: lower case, æ ø å to ae oe aa, accents removed, everything but letters and digits replaced by
 * a space. Spellings that are equivalent in Danish give the same result.
 */
export function foldDanish(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFC")
    .replace(/[æøåäöß]/g, (message) => danish[message] ?? message)
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

// In code point order these follow z.
const danishLast: Readonly<Record<string, string>> = { æ: "{", ä: "{", ø: "|", ö: "|", å: "}", aa: "}" };

/** A text whose code point order is the Danish order: æ, ø and å last, aa as å, letter case and other marks left out. */
export function danishOrder(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/aa|[æøåäö]/g, (letter) => danishLast[letter] ?? letter)
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .trim();
}

/** The distinct words of a text, folded. At most `max` of them. */
export function foldedWords(text: string, max: number): string[] {
  const folded = foldDanish(text);
  return folded === "" ? [] : [...new Set(folded.split(" "))].slice(0, max);
}

/**
 * Whether a typed word can be a misspelling of a known one: one edit (letter wrong, missing, extra or two swapped) in words of 3
 * or 4 letters, two in longer ones. The typed word may be a prefix of the known one.
 */
export function isSlipFor(typed: string, known: string): boolean {
  if (typed.length < 3) return false;
  const editsMax = typed.length < 5 ? 1 : 2;
  const prefixes = [known, ...[-1, 0, 1].map((more) => known.slice(0, typed.length + more))];
  return prefixes.some(
    (candidate) =>
      Math.abs(candidate.length - typed.length) <= editsMax && edits(typed, candidate) <= editsMax,
  );
}

// Optimal string alignment: Levenshtein distance with swaps of adjacent letters.
function edits(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1);
      }
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
