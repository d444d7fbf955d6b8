import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { portalFolder } from "../testing/build.ts";

const settings = JSON.parse(readFileSync(join(portalFolder, "project.inlang/settings.json"), "utf8")) as {
  "plugin.inlang.messageFormat": { pathPattern: string[] };
};
const areas = readdirSync(join(portalFolder, "messages/da"));

/** A text, or one form of it for one thing and another for several. */
type Words = string | [{ declarations: string[]; match: Record<string, string> }];

function wordsOf(language: string, area: string): Record<string, Words> {
  return JSON.parse(readFileSync(join(portalFolder, "messages", language, area), "utf8")) as Record<
    string,
    Words
  >;
}

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
const formsOf = (words: Words) => (typeof words === "string" ? [words] : Object.values(words[0].match));
const valuesOf = (words: Words) =>
  typeof words === "string"
    ? placeholders(words)
    : words[0].declarations.filter((line) => line.startsWith("input ")).sort();

test.each(areas)("%s says everything in Danish and in English, with the same values in it", (area) => {
  const [danish, english] = [wordsOf("da", area), wordsOf("en", area)];
  expect(Object.keys(english).sort()).toEqual(Object.keys(danish).sort());
  for (const [key, words] of Object.entries(danish)) {
    const other = english[key] ?? "";
    for (const form of [...formsOf(words), ...formsOf(other)]) expect(form.trim(), key).not.toBe("");
    expect(valuesOf(other), key).toEqual(valuesOf(words));
    for (const forms of [formsOf(words), formsOf(other)]) {
      const [one, several = one] = forms;
      expect(placeholders(several ?? ""), key).toEqual(placeholders(one ?? ""));
    }
  }
});

// What a number stands for in a text; every other value is a name, a moment or an ordinal.
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
];
const others = [
  ...[
    "at",
    "code",
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
];
// Words that follow a number and are the same for one and for several.
const unchanged = /^(ms|mere|more|af|of)\b/;

test.each(areas)(
  "%s has a form for one beside the form for several wherever a number is followed by its thing",
  (area) => {
    for (const language of ["da", "en"]) {
      for (const [key, words] of Object.entries(wordsOf(language, area))) {
        if (typeof words !== "string") {
          expect(Object.keys(words[0].match), key).toEqual(["form=one", "form=other"]);
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

test("every file of words is compiled, and no key stands in two", () => {
  const compiled = settings["plugin.inlang.messageFormat"].pathPattern;
  expect(areas.map((area) => `./messages/{locale}/${area}`).sort()).toEqual([...compiled].sort());
  const keys = areas.flatMap((area) => Object.keys(wordsOf("da", area)));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});
