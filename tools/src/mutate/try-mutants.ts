import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest, type TestRunResult, type Vitest } from "vitest/node";

// A separate program, which the tool starts once per core: it keeps one Vitest and tests the mutants one at a time.
//   node tools/src/mutate/try-mutants.ts WORKSPACE
// For a message {file, tests, text} on its IPC channel it runs the tests with that text as the file and answers the result.

/** One text to test; without `text` the unchanged file. Paths are relative to the workspace. */
export type Trial = { file: string; tests: string[]; text?: string | undefined };
/** The name of a failed test, "endless" when the tests did not end, or undefined when nothing was detected. */
export type Verdict = { noticedBy?: string | undefined };

const workspace = process.argv[2] as string;
const settingUpMilliseconds = 900_000;
let planted = { id: "", text: "" };
let longestMilliseconds = settingUpMilliseconds;

const vitest = await createVitest(
  "test",
  {
    root: workspace,
    watch: false,
    bail: 1,
    fileParallelism: false,
    include: ["**/*.ts"],
    reporters: [{}],
    silent: true,
    // The cache on disk is keyed by the file's own text, not the mutant's.
    fsModuleCache: false,
  },
  {
    plugins: [
      {
        name: "mutant",
        enforce: "pre",
        transform: (_, id) => (planted.id === id.split("?")[0] ? planted.text : undefined),
      },
    ],
  },
);
await vitest.standalone();

/** The first failure: a test, or a file that could not be loaded. The result still contains the modules of earlier runs. */
function firstFailure(ran: readonly string[], result: TestRunResult): string | undefined {
  const { testModules, unhandledErrors } = result;
  for (const module of testModules.filter(({ moduleId }) => ran.includes(moduleId))) {
    for (const test of module.children.allTests("failed")) return test.fullName;
    if (!module.ok()) return `${module.relativeModuleId} could not be run`;
  }
  return unhandledErrors.length > 0 ? "an error outside of the tests" : undefined;
}

async function run(of: Vitest, { file, tests, text }: Trial): Promise<Verdict> {
  const id = join(workspace, file);
  if (planted.id !== "") of.invalidateFile(planted.id);
  planted = { id, text: text ?? readFileSync(id, "utf8") };
  of.invalidateFile(id);
  const paths = tests.map((path) => join(workspace, path));
  const specifications = paths.map((path) => of.getRootProject().createSpecification(path));
  return { noticedBy: firstFailure(paths, await of.runTestSpecifications(specifications)) };
}

/** An endless run counts as detected; its process cannot be used again. */
async function runInTime(trial: Trial): Promise<Verdict> {
  const started = performance.now();
  const limit = trial.text === undefined ? settingUpMilliseconds : longestMilliseconds;
  const timeOut = Promise.withResolvers<Verdict>();
  const timer = setTimeout(() => timeOut.resolve({ noticedBy: "endless" }), limit);
  const verdict = await Promise.race([run(vitest, trial), timeOut.promise]);
  clearTimeout(timer);
  if (trial.text === undefined) longestMilliseconds = 10_000 + 10 * (performance.now() - started);
  return verdict;
}

process.on("message", async (trial: Trial) => {
  const verdict = await runInTime(trial);
  if (process.connected) process.send?.(verdict);
  if (verdict.noticedBy === "endless") await vitest.exit(true);
});
process.on("disconnect", () => void vitest.exit());
