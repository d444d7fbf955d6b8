import { expect, test } from "vitest";
import { phraseFaults } from "./phrases.ts";

const ring = ['phrase "in a ring": write "deadlock" or the like'];

test.each([
  ["a phrase on a page", "docs/x.md", "They wait in a ring.", ring],
  ["a phrase wrapped over two lines of a page", "docs/x.md", "They wait in\na ring.", ring],
  ["a phrase in a doc comment", "x.ts", "/** They wait in\n * a ring. */\nconst x = 1;", ring],
  ["a phrase in line comments", "x.ts", "  // They wait in a\n  // ring.\nconst x = 1;", ring],
  ["a phrase after code", "x.ts", 'const x = "//"; // wait in a ring', ring],
  ["a phrase in a comment of markup", "x.svelte", "<p>It's</p>\n<!-- in a ring -->", ring],
  ["a phrase in a string", "x.ts", 'const x = "// in a ring";', []],
  ["a phrase in visible text", "x.svelte", "<p>in a ring</p>", []],
  ["a phrase within longer words", "docs/x.md", "in a ringed list", []],
  ["a phrase in any other file", "x.json", '{ "x": "in a ring" }', []],
])("%s is judged rightly", (_, path, text, faults) => {
  expect(phraseFaults(path, text)).toEqual(faults);
});
