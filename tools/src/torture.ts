import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { judge } from "./torture/judge/judge.ts";
import { reportOf } from "./torture/report.ts";
import { runTorture } from "./torture/run.ts";

const usage = "Usage: npm run torture -- [--seed 1] [--messages 5000] [--minutes 10]";

function optionsOrExit() {
  try {
    const { values } = parseArgs({
      options: { seed: { type: "string" }, messages: { type: "string" }, minutes: { type: "string" } },
    });
    const [seed, messages, minutes] = [
      values.seed ?? "1",
      values.messages ?? "5000",
      values.minutes ?? "10",
    ].map(Number);
    if (!Number.isInteger(seed) || !Number.isInteger(messages) || !(Number(minutes) > 0))
      throw new TypeError(usage);
    return { seed: Number(seed), messages: Number(messages), sendSeconds: Number(minutes) * 60 };
  } catch {
    console.error(usage);
    process.exit(2);
  }
}

// Through process.exit, so that the run's file system is removed however it ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const options = optionsOrExit();
console.log(
  `Crash test, seed ${options.seed}: ${options.messages} messages over ${options.sendSeconds / 60} minutes`,
);
const run = await runTorture({ ...options, diskMegabytes: 2048, say: (line) => console.log(line) });
const violations = judge(run);
for (const line of reportOf(run, violations)) console.log(line);
if (violations.length === 0) await rm(run.folder, { recursive: true });
else console.log(`Logs and records are kept in ${run.folder}`);
process.exitCode = violations.length === 0 ? 0 : 1;
