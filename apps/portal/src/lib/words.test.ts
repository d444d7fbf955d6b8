import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { compileWords, type Text } from "../../compile-words.ts";
import { portalFolder } from "../testing/build.ts";
import { followLanguage } from "./language.ts";
import { m } from "./words/index.ts";

const areas = readdirSync(join(portalFolder, "messages/da"));

afterEach(() => followLanguage(() => undefined));

function wordsOf(language: string, area: string): Record<string, Text> {
  return JSON.parse(readFileSync(join(portalFolder, "messages", language, area), "utf8")) as Record<
    string,
    Text
  >;
}

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
const formsOf = (words: Text) => (typeof words === "string" ? [words] : [words.one, words.other]);

test.each(areas)("%s has every text in Danish and in English, with the same values", (area) => {
  const [danish, english] = [wordsOf("da", area), wordsOf("en", area)];
  expect(Object.keys(english).sort()).toEqual(Object.keys(danish).sort());
  for (const [key, words] of Object.entries(danish)) {
    const other = english[key] ?? "";
    for (const form of [...formsOf(words), ...formsOf(other)]) expect(form.trim(), key).not.toBe("");
    expect(placeholders(formsOf(other)[0] ?? ""), key).toEqual(placeholders(formsOf(words)[0] ?? ""));
    for (const forms of [formsOf(words), formsOf(other)]) {
      const [one, several = one] = forms;
      expect(placeholders(several ?? ""), key).toEqual(placeholders(one ?? ""));
    }
  }
});

// The values that are counts; every other value is a name, a time or an ordinal.
const numbers = [
  "count",
  "minimum",
  "maximum",
  "days",
  "attempts",
  "done",
  "matched",
  "milliseconds",
  "messages",
  ...["rows", "locations", "deviating"],
];
const others = [
  ...[
    "address",
    "at",
    "code",
    "duration",
    "environment",
    "error",
    "fault",
    "field",
    "format",
    "from",
    "gap",
    "gln",
    "mine",
    "moment",
  ],
  ...[
    "name",
    "number",
    "pair",
    "party",
    "percent",
    "period",
    "q",
    "reason",
    "receipts",
    "receiver",
    "reference",
  ],
  ...["browser", "sender", "sequence", "shown", "sorId", "state", "status", "system", "theirs", "time", "to"],
  ...["type", "until", "username", "version", "way", "what", "when", "who"],
  ...["due", "east", "networks", "north", "weekday", "weeks"],
  ...["all", "changed", "created", "day", "ended", "faulty", "kind", "names", "title", "types", "unchanged"],
];
// Words that are the same in singular and plural.
const unchanged = /^(ms|sek|sec|min|mere|more|af|of)\b/;

test.each(areas)(
  "%s has a form for one beside the form for several wherever a number is followed by its thing",
  (area) => {
    for (const language of ["da", "en"]) {
      for (const [key, words] of Object.entries(wordsOf(language, area))) {
        if (typeof words !== "string") {
          expect(Object.keys(words), key).toEqual(["of", "one", "other"]);
          continue;
        }
        for (const [, name = "", next = ""] of words.matchAll(/\{(\w+)\}(?: (\p{L}+))?/gu)) {
          expect([...numbers, ...others], key).toContain(name);
          const isInflected = numbers.includes(name) && next !== "" && !unchanged.test(next);
          expect(isInflected, `${language} ${key}: ${words}`).toBe(false);
        }
      }
    }
  },
);

test("every text is returned in the page's language with its values filled in", () => {
  const said = m as unknown as Record<string, (values: object) => string>;
  for (const language of ["da", "en"]) {
    followLanguage(() => language);
    const expected = areas.flatMap((area) => Object.entries(wordsOf(language, area)));
    expect(expected.length).toBeGreaterThan(1000);
    for (const [key, text] of expected) {
      const of = typeof text === "string" ? undefined : text.of;
      for (const [number, form] of formsOf(text).map((form, at) => [at + 1, form] as const)) {
        const values = new Proxy({}, { get: (_, name) => (name === of ? number : `<${String(name)}>`) });
        const filled = form.replaceAll(/\{(\w+)\}/g, (_, name) =>
          name === of ? String(number) : `<${name}>`,
        );
        expect(said[key]?.(values), key).toBe(filled);
      }
    }
  }
});

test("a key that is missing in a language, or whose values differ, is a compile error", () => {
  expect(() => compileWords({ a: "x" }, {})).toThrow("a stands in one language only");
  expect(() => compileWords({}, { a: "x" })).toThrow("a stands in one language only");
  expect(() => compileWords({ a: "{n} x" }, { a: "x" })).toThrow("a has other values in English");
});

test("a text may contain characters that are special in JavaScript", () => {
  const text = "`$x \\ {n}";
  expect(compileWords({ a: text }, { a: text })).toContain(["`\\`\\$x \\\\ $", "{values.n}`"].join(""));
});

test("numbers are formatted by language, and plurals differ from the singular", () => {
  const compiled = compileWords(
    { a: { of: "n", one: "{n} brev", other: "{n} breve" } },
    { a: { of: "n", one: "{n} letter", other: "{n} letters" } },
  );
  expect(compiled).toContain("values: { n: number }");
  expect(compiled).toContain(["values.n === 1 ? `$", "{formatNumber(values.n)} brev`"].join(""));
});
