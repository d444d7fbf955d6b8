/** Deeper than any body here; a deeper body is refused anyway. */
const depthMax = 64;

type Place = { step: string | number; names: Set<string> | undefined };

/**
 * Duplicate member names within one object of a JSON text, as paths, at most twenty (`JSON.parse` silently keeps the last one).
 * For text that is not valid JSON the result is arbitrary: the parser refuses such text.
 */
export function duplicateMembers(text: string): (string | number)[][] {
  const found: (string | number)[][] = [];
  const open: Place[] = [];
  for (let at = 0; at < text.length && found.length < 20 && open.length <= depthMax; at += 1) {
    if (text[at] !== '"') {
      follow(open, text[at]);
      continue;
    }
    const end = endOfString(text, at);
    if (isSecondName(open.at(-1), nameBefore(text, at, end))) found.push(open.map(({ step }) => step));
    at = end;
  }
  return found;
}

function follow(open: Place[], sign: string | undefined): void {
  const inner = open.at(-1);
  if (sign === "{") open.push({ step: "", names: new Set() });
  else if (sign === "[") open.push({ step: 0, names: undefined });
  else if (sign === "}" || sign === "]") open.pop();
  else if (sign === "," && typeof inner?.step === "number") inner.step += 1;
}

/** Records a name in its object; true if it was already there. */
function isSecondName(inner: Place | undefined, name: string | undefined): boolean {
  if (!inner?.names || name === undefined) return false;
  const isSecond = inner.names.has(name);
  inner.names.add(name);
  inner.step = name;
  return isSecond;
}

/** Position of the quote that closes the string which begins at `at`; the text's end when there is none. */
function endOfString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

const colon = /\s*:/y;

/** The string between the quotes as a name, escapes decoded, if a colon follows; undefined for a value. */
function nameBefore(text: string, at: number, end: number): string | undefined {
  colon.lastIndex = end + 1;
  if (!colon.test(text)) return undefined;
  const raw = text.slice(at + 1, end);
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return undefined;
  }
}
