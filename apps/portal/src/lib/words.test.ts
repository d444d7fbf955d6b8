import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { portalFolder } from "../testing/build.ts";

const settings = JSON.parse(readFileSync(join(portalFolder, "project.inlang/settings.json"), "utf8")) as {
  "plugin.inlang.messageFormat": { pathPattern: string[] };
};
const areas = readdirSync(join(portalFolder, "messages/da"));

function wordsOf(language: string, area: string): Record<string, string> {
  return JSON.parse(readFileSync(join(portalFolder, "messages", language, area), "utf8")) as Record<
    string,
    string
  >;
}

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

test.each(areas)("%s says everything in Danish and in English, with the same values in it", (area) => {
  const [danish, english] = [wordsOf("da", area), wordsOf("en", area)];
  expect(Object.keys(english).sort()).toEqual(Object.keys(danish).sort());
  for (const [key, text] of Object.entries(danish)) {
    expect(text.trim(), key).not.toBe("");
    expect(english[key]?.trim(), key).not.toBe("");
    expect(placeholders(english[key] ?? ""), key).toEqual(placeholders(text));
  }
});

test("every file of words is compiled, and no key stands in two", () => {
  const compiled = settings["plugin.inlang.messageFormat"].pathPattern;
  expect(areas.map((area) => `./messages/{locale}/${area}`).sort()).toEqual([...compiled].sort());
  const keys = areas.flatMap((area) => Object.keys(wordsOf("da", area)));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});
