const named = ["amp", "lt", "gt", "quot", "apos"];
/** Maximum digits of a character reference, leading zeros included. */
const digitsMax = 32;

/** Length of the reference that begins with `&` at a position, 0 if it is invalid, -1 if the text ends before that is known. */
export function referenceLength(text: string, at: number): number {
  return text.charCodeAt(at + 1) === 0x23 ? numericLength(text, at) : namedLength(text, at);
}

// Without a document type definition only the five entities of XML itself exist.
function namedLength(text: string, at: number): number {
  for (const name of named) if (text.startsWith(`${name};`, at + 1)) return name.length + 2;
  const rest = text.slice(at + 1, at + 6);
  const isCut = at + 1 + rest.length === text.length && named.some((name) => `${name};`.startsWith(rest));
  return isCut ? -1 : 0;
}

function numericLength(text: string, at: number): number {
  const isHex = text[at + 2] === "x";
  const from = at + (isHex ? 3 : 2);
  let code = 0;
  for (let end = from; end < from + digitsMax; end++) {
    if (end >= text.length) return -1;
    const digit = Number.parseInt(text.charAt(end), isHex ? 16 : 10);
    if (Number.isNaN(digit)) {
      const isReference = text[end] === ";" && end > from && isCharacter(code);
      return isReference ? end + 1 - at : 0;
    }
    code = Math.min(code * (isHex ? 16 : 10) + digit, 0x110000);
  }
  return 0;
}

/** Whether a number is a character of XML 1.0. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code < 0x110000);
}
