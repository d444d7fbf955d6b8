import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commitFaults, commitsToCheck } from "./commits.ts";

const folder = mkdtempSync(join(tmpdir(), "commits-"));
afterAll(() => rmSync(folder, { recursive: true }));

function git(at: string, ...words: string[]): string {
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgSign=false"];
  const { status, stdout, stderr } = spawnSync("git", [...author, ...words], { cwd: at, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}
const commit = (...message: string[]) =>
  git(folder, "commit", "-q", "--allow-empty", ...message.flatMap((part) => ["-m", part]));

let before: string;
beforeAll(() => {
  git(folder, "init", "-q");
  commit("Written before the rule");
  before = git(folder, "rev-parse", "HEAD");
  commit("Say why", "Because the next reader asks.\n\nTwo paragraphs.");
  commit("Say nothing");
  commit("x".repeat(71), "Because.");
});

test("only commits after the recorded one are checked, newest first", () => {
  const faults = commitsToCheck(folder, before).map((found) => commitFaults(found));
  expect(faults).toEqual([
    [expect.stringContaining("71 characters")],
    [expect.stringContaining("no body")],
    [],
  ]);
});

test("in a shallow clone and in a folder without history nothing is checked", () => {
  const shallow = join(folder, "shallow");
  git(folder, "clone", "-q", "--depth=1", `file://${folder}`, shallow);
  expect(commitsToCheck(shallow, before)).toEqual([]);
  const bare = mkdtempSync(join(tmpdir(), "no-history-"));
  expect(commitsToCheck(bare, before)).toEqual([]);
  rmSync(bare, { recursive: true });
});
