import { expect, test } from "vitest";
import { root } from "../root.ts";
import { readEntries, readSources, wordKeys } from "./sources.ts";
import { type Sources, unusedExports, unusedWords } from "./unused.ts";

const entries = [
  {
    name: "@sor/core",
    folder: "packages/core",
    targets: { ".": "./src/index.ts", "./*": "./src/*/index.ts" },
  },
  { name: "", folder: "apps/portal", targets: { "#lib/*": "./src/lib/*" } },
];
const unused = (files: Record<string, string>) => unusedExports(new Map(Object.entries(files)), entries);

test.each([
  ["a function", "export async function lost() {}"],
  ["a constant", "export const lost = 1;"],
  ["a type", "export type lost = string;"],
  ["a taken-apart constant", "export const { lost } = all;"],
  ["a name in a list", "const lost = 1;\nexport { lost };"],
  ["a name given on", 'export { type found as lost } from "./b.ts";'],
])("%s that no other file imports is reported", (_, text) => {
  expect(unused({ "packages/core/src/x/a.ts": text })).toEqual(["packages/core/src/x/a.ts: lost"]);
});

test.each([
  ["import", 'import { type found as other } from "./a.ts";'],
  ["import of several lines", 'import {\n  more,\n  found,\n} from "./a.ts";'],
  ["import of the whole file", 'import * as all from "./a.ts";'],
  ["re-export", 'export { found } from "./a.ts";'],
  ["import while it runs", 'const { found } = await import("./a.ts");'],
  ["type of an import", 'let x: import("./a.ts").found;'],
])("an %s uses an export", (_, text) => {
  const files = { "tools/src/a.ts": "export const found = 1;", "tools/src/b.ts": text };
  expect(unused(files).filter((each) => each.includes("/a.ts"))).toEqual([]);
});

test("exports are found by the names of packages and of the portal, and those of packages may be unused", () => {
  expect(
    unused({
      "packages/core/src/x/index.ts": "export const offered = 1;",
      "apps/portal/src/lib/words.ts": "export const used = 1;\nexport const lost = 2;",
      "apps/portal/src/routes/+page.svelte": 'import { used } from "#lib/words.ts";',
      "apps/portal/src/routes/+page.ts": "export const load = 1;",
    }),
  ).toEqual(["apps/portal/src/lib/words.ts: lost"]);
});

test("a word that no page names is reported", () => {
  const sources: Sources = new Map([["apps/portal/src/a.svelte", "{m.found({ n })} {m.found_more()}"]]);
  expect(unusedWords(["found", "lost", "found_more", "more"], sources)).toEqual(["lost", "more"]);
});

test("what the check reads is the whole repository", () => {
  const sources = readSources(root);
  expect([...sources.keys()]).toEqual(
    expect.arrayContaining(["packages/core/src/index.ts", "apps/portal/src/routes/+layout.svelte"]),
  );
  expect(readEntries(root).map(({ name }) => name)).toContain("@sor/core");
  expect(wordKeys(root).length).toBeGreaterThan(1000);
});
