import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Counts, countReport, listFailures, type Report } from "./checks/test-counts.ts";
import { root } from "./root.ts";

const reportName = ".turbo/tests.json";
const reporting = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportName}`];
const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };

/** Runs a command in a separate process group, so that a signal to us ends everything it started. */
async function run(command: string, words: string[]): Promise<boolean> {
  const child = spawn(join(root, "node_modules/.bin", command), words, {
    cwd: root,
    env: environment,
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const end = (signal: NodeJS.Signals) => {
    process.kill(-(child.pid as number), signal);
    process.exit(1);
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  const [code, signal] = await once(child, "exit");
  if (signal) console.error(`${command} was ended by ${signal}`);
  process.off("SIGINT", end).off("SIGTERM", end);
  return code === 0;
}

/** The results of a workspace's tests; prints each failure on one line, so that a truncated log still shows it. */
async function countsOf(workspace: string): Promise<Counts> {
  const path = join(root, workspace, reportName);
  if (!existsSync(path)) {
    console.log(`failed: ${workspace}: the tests did not run to their end`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const report = JSON.parse(await readFile(path, "utf8")) as Report;
  for (const failure of listFailures(report)) console.log(`failed: ${failure.replaceAll(root, "")}`);
  return countReport(report);
}

const manifests = globSync(["{packages,apps}/*/package.json", "tools/package.json"], { cwd: root });
const workspaces = manifests.map((path) => dirname(path)).sort();
for (const workspace of workspaces) await rm(join(root, workspace, reportName), { force: true });

const turboWords = ["run", "test", "--continue", "--concurrency=1", "--log-order=stream"];
const isClean = await run("turbo", [...turboWords, "--", ...reporting]);

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const workspace of workspaces) {
  const { passed, failed, skipped } = await countsOf(workspace);
  console.log(`${workspace}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  counts.passed += passed;
  counts.failed += failed;
  counts.skipped += skipped;
}
// A run can fail without a failed test, by an unhandled error or a broken setup.
if (counts.failed === 0 && !isClean) counts.failed = 1;
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
