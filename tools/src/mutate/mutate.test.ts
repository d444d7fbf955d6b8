import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../root.ts";
import { equivalents } from "./equivalents.ts";
import { mutantsOf, mutated } from "./mutants.ts";
import { rules } from "./rules.ts";
import { scoreOf, tryFolder } from "./try-folder.ts";

test.each([
  ["if (a) go();", ["if (true) go();", "if (false) go();", "if (a) ;"]],
  [
    "while (a < 1) a -= 1;",
    [
      "while (false) a -= 1;",
      "while (a <= 1) a -= 1;",
      "while (a < (1 + 1)) a -= 1;",
      "while (a < 1) ;",
      "while (a < 1) a -= (1 + 1);",
    ],
  ],
  [
    "const x = a === b && !c;",
    ["const x = a !== b && !c;", "const x = a === b || !c;", "const x = a === b && (c);"],
  ],
  [
    "const x = a >= b || a > c;",
    ["const x = a > b || a > c;", "const x = a >= b && a > c;", "const x = a >= b || a >= c;"],
  ],
  ["const x = a ? b : c;", ["const x = true ? b : c;", "const x = false ? b : c;"]],
  ["const x = [true, false];", ["const x = [false, false];", "const x = [true, true];"]],
  ['const x = ["a", "b"] as const;', []],
  ['const x = ["a", "b"];', ['const x = [ "b"];', 'const x = ["a", ];']],
  ["function f() { return a; }", ["function f() { return undefined; }"]],
  ["const f = () => a;", ["const f = () => (undefined as never);"]],
  ["if (true) throw a;", ["if (false) throw a;", "if (true) ;"]],
  [
    "for (const a of b) { if (a) continue; }",
    [
      "for (const a of b) { if (true) continue; }",
      "for (const a of b) { if (false) continue; }",
      "for (const a of b) { if (a) ; }",
    ],
  ],
  [
    "const x = a.some(b) - Math.max(c);",
    [
      "const x = a.every(b) - Math.max(c);",
      "const x = a.some(b) + Math.max(c);",
      "const x = a.some(b) - Math.min(c);",
    ],
  ],
  ['type A = "a" | 1; const x = y as [true]; import type { B } from "b"; export { c } from "c";', []],
])("the mutants of %s", (text, expected) => {
  expect(mutantsOf(text).map((mutant) => mutated(text, mutant))).toEqual(expected);
});

test("an undetected mutant is reported, a detected one is not, and an endless loop counts as detected", async () => {
  // The second mutant must be tested without any trace of the first.
  const files = {
    "may-enter.ts": ["weak-tests.ts"],
    "count-down.ts": ["count-down-tests.ts", "weak-tests.ts"],
  };
  const planted = { workspace: "tools/src/mutate/planted", files };
  const file = "tools/src/mutate/planted/may-enter.ts";
  const line = "return age >= 18 && guests.some((guest) => guest === name);";
  const reason = "nobody is asked about";
  const known = { file, change: `${line} | >= → >`, reason };
  const noticed = { file, change: `${line} | && → ||`, reason };
  const tried = await tryFolder(root, planted, [known, noticed]);
  expect(tried.survivors.map(({ mutant }) => mutant.change)).toEqual([`${line} | 18 → (18 + 1)`]);
  expect(tried).toMatchObject({ equivalent: 1, noticed: tried.mutants - 2, stale: [noticed] });
  expect(scoreOf(tried)).toBeCloseTo((100 * tried.noticed) / (tried.mutants - 1));
}, 300_000);

test("tests that fail on the unchanged file are reported, not counted", async () => {
  const planted = { workspace: "tools/src/mutate/planted", files: { "may-enter.ts": ["missing.ts"] } };
  await expect(tryFolder(root, planted, [])).rejects.toThrow("may-enter.ts as it is");
}, 300_000);

test("every file to mutate exists, and every equivalent belongs to one of them and has a reason", () => {
  const files = Object.values(rules).flatMap(({ workspace, files }) =>
    Object.entries(files).flatMap(([file, tests]) => [file, ...tests].map((path) => join(workspace, path))),
  );
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(equivalents.filter(({ file, reason }) => !files.includes(file) || reason.length < 10)).toEqual([]);
});
