import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Equivalent, isEquivalent } from "./equivalents.ts";
import { type Mutant, mutantsOf, mutated } from "./mutants.ts";
import type { Trial, Verdict } from "./try-mutants.ts";

/** The files to mutate, each with the tests that should detect the mutants; paths are relative to the workspace. */
export type Rules = { workspace: string; files: Readonly<Record<string, readonly string[]>> };

export type Tried = {
  mutants: number;
  noticed: number;
  equivalent: number;
  /** Neither detected nor equivalent: a gap in the tests. */
  survivors: { file: string; mutant: Mutant }[];
  /** Equivalents that match no mutant any more, or one that a test detects. */
  stale: Equivalent[];
};

/** The percentage of non-equivalent mutants that were detected, 0 to 100. */
export const scoreOf = ({ mutants, noticed, equivalent }: Tried): number =>
  mutants === equivalent ? 100 : (100 * noticed) / (mutants - equivalent);

const program = fileURLToPath(new URL("./try-mutants.ts", import.meta.url));

function startTrier(workspace: string) {
  const child = fork(program, [workspace], { cwd: workspace, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const exited = once(child, "exit").then(([code]) => `what tries the mutants ended with ${code}`);
  return { child, exited };
}

/** A process that tests mutants one at a time; replaced by a new one when the tests of a mutant did not end. */
function aTrier(workspace: string) {
  let now: ReturnType<typeof startTrier> | undefined;
  return {
    async try(trial: Trial): Promise<Verdict> {
      now ??= startTrier(workspace);
      const { child, exited } = now;
      const answered = Promise.withResolvers<Verdict>();
      child.once("message", answered.resolve);
      child.send(trial);
      const verdict = await Promise.race([answered.promise, exited]);
      if (typeof verdict === "string") throw new Error(verdict);
      if (verdict.noticedBy === "endless") now = undefined;
      return verdict;
    },
    async end(): Promise<void> {
      if (now?.child.connected) now.child.disconnect();
      await now?.exited;
    },
  };
}

type Attempt = Trial & { text: string; mutant: Mutant };

/** Tests the queued mutants one at a time and reports what detected each; for each file the unchanged text comes first. */
async function work(home: string, waiting: Attempt[], tell: (of: Attempt, verdict: Verdict) => void) {
  const trier = aTrier(home);
  let sound = "";
  try {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { file, tests, text, mutant } = next;
      const asItIs = sound === file ? {} : await trier.try({ file, tests });
      if (asItIs.noticedBy !== undefined) throw new Error(`${file} as it is: ${asItIs.noticedBy}`);
      sound = file;
      tell(next, await trier.try({ file, tests, text: mutated(text, mutant) }));
    }
  } finally {
    await trier.end();
  }
}

/**
 * Tests every mutant of the files, on two cores, and reports what was detected. Throws when the tests fail on unchanged files.
 */
export async function tryFolder(
  root: string,
  { workspace, files }: Rules,
  equivalents: readonly Equivalent[],
): Promise<Tried> {
  const home = join(root, workspace);
  const waiting = Object.entries(files).flatMap(([file, tests]): Attempt[] => {
    const text = readFileSync(join(home, file), "utf8");
    return mutantsOf(text).map((mutant) => ({ file, tests: [...tests], text, mutant }));
  });
  const tried: Tried = { mutants: waiting.length, noticed: 0, equivalent: 0, survivors: [], stale: [] };
  const used = new Set<Equivalent>();
  const tell = ({ file: own, mutant }: Attempt, { noticedBy }: Verdict) => {
    const file = `${workspace}/${own}`;
    const equivalent = equivalents.find((each) => isEquivalent(each, file, mutant));
    if (noticedBy !== undefined) tried.noticed += 1;
    else if (equivalent) tried.equivalent += 1;
    else tried.survivors.push({ file, mutant });
    if (equivalent && noticedBy === undefined) used.add(equivalent);
  };
  const cores = Math.min(2, availableParallelism());
  await Promise.all(Array.from({ length: cores }, () => work(home, waiting, tell)));
  const names = Object.keys(files).map((own) => `${workspace}/${own}`);
  const stale = equivalents.filter((each) => names.includes(each.file) && !used.has(each));
  const bySite = tried.survivors.toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.mutant.start - b.mutant.start,
  );
  return { ...tried, survivors: bySite, stale };
}
