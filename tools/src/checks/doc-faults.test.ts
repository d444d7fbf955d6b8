import { expect, test } from "vitest";
import { docFaults, repositoryFaults } from "./doc-faults.ts";

const facts = {
  exists: (path: string) => ["docs/operations.md", "tools/src/start.ts", "README.md"].includes(path),
  scripts: new Set(["start", "verify"]),
};

test.each([
  ["a link that leads somewhere", "[run](docs/operations.md#start)", "", []],
  ["a link upwards", "[back](../README.md)", "docs/", []],
  ["a dead link", "[run](docs/gone.md)", "", ["link to docs/gone.md, which is not there"]],
  ["an address of the web", "[field](https://example.org/x)", "", []],
  ["a path", "see `tools/src/start.ts:12`", "", []],
  ["a dead path", "see `tools/src/gone.ts`", "", ["path tools/src/gone.ts, which is not there"]],
  ["a pattern with a placeholder", "`docs/decisions/<number>.md`", "", []],
  ["a command", "`npm start`, `npm run verify`, `npm ci`", "", []],
  [
    "a command that is not a script",
    "`npm run fly`",
    "",
    ["command npm fly, which is no script of package.json"],
  ],
])("%s is judged correctly", (_, text, folder, faults) => {
  expect(docFaults(text, folder, facts)).toEqual(faults);
});

test.each([
  ["a registry host", `https://registry.${"npmjs"}.org/x`, 1],
  ["an absolute path of the checkout", "see /srv/checkout/tools", 1],
  ["plain text", "the registry of organisations", 0],
])("%s in a file of the repository is judged correctly", (_, text, faults) => {
  expect(repositoryFaults(text, "/srv/checkout/")).toHaveLength(faults);
});
