import fc from "fast-check";
import { expect, test } from "vitest";
import { charsetOf } from "../charset.ts";
import { latin1 } from "../testing/bytes.ts";
import { findTerminator } from "./input-buffer.ts";
import { readInterchange } from "./read-interchange.ts";
import { byteClasses, defaultSeparators, readUna } from "./separators.ts";
import { notWhole, tooMany } from "./splitter.ts";
import { SegmentTokens } from "./tokens.ts";

const tokensWith = (separators = defaultSeparators, lineBreaks: "drop" | "keep" = "drop") => {
  const charset = charsetOf("UNOC");
  const tokens = new SegmentTokens(charset);
  tokens.use(charset, byteClasses(separators, charset, lineBreaks), separators);
  return tokens;
};

test("splitting a segment and searching for its terminator find the same end, whatever the separators", () => {
  const una = fc.constantFrom(
    ":+.? '",
    "|~.\\ \n",
    ":+.  '",
    "\r+.?*'",
    ":\n.^ '",
    "\x1f\x1d.  \x1c",
    ":+.?*\r",
  );
  const messages = fc.constantFrom(..."AB'+:?*|~\\^ \r\n\x1c\x1d\x1f\x80\xc3\xa6");
  fc.assert(
    fc.property(una, fc.string({ unit: messages, maxLength: 40 }), fc.boolean(), (six, text, keeps) => {
      const separators = readUna(latin1(six), 0);
      if (!separators) throw new Error("the separators were refused");
      const bytes = latin1(text);
      const end = tokensWith(separators, keeps ? "keep" : "drop").split(bytes, 0, 100, 100);
      expect(end).toBe(findTerminator(bytes, 0, 0, separators));
    }),
    { numRuns: 20_000 },
  );
});

test("length and number of components are bounded exactly", () => {
  const tokens = tokensWith();
  const bytes = latin1(`A+${"B:".repeat(299)}B'`);
  expect(tokens.split(bytes, 0, bytes.length - 1, 301)).toBe(bytes.length - 1);
  expect([tokens.elements, tokens.components]).toEqual([2, 301]);
  expect(tokens.split(bytes, 0, bytes.length - 2, 301)).toBe(notWhole);
  expect(tokens.split(bytes, 0, bytes.length, 300)).toBe(tooMany);
});

test("a character outside the repertoire is reported even if it is released, and read the same either way", () => {
  const read = (value: string) =>
    readInterchange(
      latin1(`UNB+UNOC:3+A+B+250101:1200+R1'UNH+1+ORDERS:D:96A:UN'BGM+${value}'UNT+3+1'UNZ+1+R1'`),
    );
  for (const value of ["a\x80\xe6", "a?\x80\xe6"]) {
    const { interchanges, findings } = read(value);
    expect(interchanges[0]?.messages[0]?.segments[0]?.elements).toEqual([["a€æ"]]);
    expect(findings.map((entry) => entry.code)).toEqual(["windows-1252"]);
  }
});

test.each(["\r", "\n"])("a line break (%j) cannot be the release character", (release) => {
  const { findings } = readInterchange(latin1(`UNA:+.${release} 'UNB+UNOC:3+A+B+250101:1200+R1'UNZ+0+R1'`));
  expect(findings.map((entry) => entry.code)).toEqual(["una-invalid"]);
});
