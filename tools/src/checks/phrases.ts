/** Figures of speech that a reader must decode, and the plain words for them. */
const banned: Readonly<Record<string, string>> = {
  "in a ring": "deadlock",
  clothes: "mapped, encoded as",
  "flies to": "propagates to",
  "stands in line": "is queued",
  "stand in line": "are queued",
  "has in hand": "holds a lease on",
  "is at it": "holds the lock, is running",
  "lets go": "releases",
  "comes again": "is sent again, is repeated",
  "a moment ago": "just, before",
};

const pattern = new RegExp(String.raw`\b(?:${Object.keys(banned).join("|")})\b`, "gi");

// Strings are matched so that a `//` within them begins no comment. A regular expression with a quote may hide the rest of its line.
const commentOrString =
  /(\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|\/\/[^\n]*(?:\n\s*\/\/[^\n]*)*)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

const commentsOf = (source: string): string[] =>
  [...source.matchAll(commentOrString)].flatMap(([, comment]) => comment ?? []);

const unwrapped = (text: string): string => text.replace(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, " ");

/** The banned phrases in a Markdown page, or in the comments of a `.ts` or `.svelte` file; none for any other file. */
export function phraseFaults(path: string, text: string): string[] {
  const isPage = path.endsWith(".md");
  if (!isPage && !/\.(?:ts|svelte)$/.test(path)) return [];
  const prose = isPage ? [text] : commentsOf(text);
  const found = prose.flatMap((part) => unwrapped(part).match(pattern) ?? []);
  return found.map((phrase) => `phrase "${phrase}": write "${banned[phrase.toLowerCase()]}" or the like`);
}
