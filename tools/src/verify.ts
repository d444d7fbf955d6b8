import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./root.ts";

const steps = [
  ["biome", "ci", "--diagnostic-level=warn"],
  ["turbo", "run", "check", "--continue", "--output-logs=errors-only"],
  ["turbo", "boundaries"],
  ["node", "tools/src/check-docs.ts"],
  ["node", "tools/src/check-repository.ts"],
];
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };

// Every step runs even after a failure: one run shows everything to fix.
const failed = steps.filter(([command, ...words]) => {
  const path = join(root, "node_modules/.bin", command as string);
  return spawnSync(path, words, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] }).status !== 0;
});
for (const step of failed) console.log(`failed: ${step.join(" ")}`);
console.log(
  failed.length === 0
    ? "verify: everything holds"
    : `verify: ${failed.length} of ${steps.length} steps failed`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
