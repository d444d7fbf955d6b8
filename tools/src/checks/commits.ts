import { spawnSync } from "node:child_process";

/** The rule applies to commits after this one. */
const lastUnchecked = "d0c66503c1354273f2c9cc76bde9ab53a2fcae16";
const subjectMax = 70;
const commitsMax = 100;

type Commit = { readonly hash: string; readonly subject: string; readonly body: string };

/** The faults of a commit message. Merge commits are exempt: their messages are generated. */
export function commitFaults({ hash, subject, body }: Commit): string[] {
  const faults: string[] = [];
  if (subject.length > subjectMax)
    faults.push(`commit ${hash}: the subject has ${subject.length} characters; the limit is ${subjectMax}`);
  if (body.trim() === "") faults.push(`commit ${hash}: no body says why`);
  return faults;
}

function git(root: string, words: readonly string[]): { isFound: boolean; text: string } {
  const { status, stdout } = spawnSync("git", words, { cwd: root, encoding: "utf8" });
  return { isFound: status === 0, text: stdout ?? "" };
}

/**
 * The commits after the recorded one, at most a hundred, newest first. None without a history: in an archive, and in a
 * shallow clone that does not include the recorded commit.
 */
export function commitsToCheck(root: string, after = lastUnchecked): Commit[] {
  if (!git(root, ["merge-base", "--is-ancestor", after, "HEAD"]).isFound) return [];
  const format = "--format=%h%x00%s%x00%b%x01";
  const { text } = git(root, ["log", "--no-merges", `--max-count=${commitsMax}`, format, `${after}..HEAD`]);
  return text
    .split("\u0001")
    .map((entry) => entry.trim().split("\0"))
    .filter(([hash]) => hash !== "")
    .map(([hash = "", subject = "", body = ""]) => ({ hash, subject, body }));
}
