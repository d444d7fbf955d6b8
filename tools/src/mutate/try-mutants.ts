import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest, type TestRunResult, type Vitest } from "vitest/node";

// A program of its own, which the tool starts once a core: it keeps one Vitest and gives it the mutants one after the other.
//   node tools/src/mutate/try-mutants.ts WORKSPACE
// Asked {file, tests, text} by its channel, it runs the tests with that text in the file's place and answers what they noticed.

/** One text to try; without `text` the file as it is. Paths are the workspace's own. */
export type Trial = { file: string; tests: string[]; text?: string | undefined };
/** The name of a test that failed, "endless" where the tests did not end, or undefined where nothing was noticed. */
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
    // What is kept on disk is found by the file's own text.
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

/** The first that failed: a test, or a file that could not be loaded. What ran before is still among what is told. */
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

/** What does not end is noticed; what runs it cannot be used again. */
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
