// Plain JavaScript for the machine's own Node: it runs before the pinned one is there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stampPath = join(root, "node_modules", ".prepared");

/** Runs a command; "quiet" shows what it wrote only when it fails. */
function run(command, words, output) {
  const stdio = output === "quiet" ? "pipe" : ["ignore", "inherit", "inherit"];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  const { status, error, stdout, stderr } = spawnSync(command, words, {
    cwd: root,
    env,
    stdio,
    encoding: "utf8",
  });
  if (error) console.error(`${command} cannot be started: ${error.message}`);
  if (status !== 0 && output === "quiet")
    console.error(`${stdout}${stderr}`.trim().split("\n").slice(-50).join("\n"));
  if (status !== 0) process.exit(status ?? 1);
}

/** What the installed packages depend on: lockfile, settings, every manifest, and the machine they were built for. */
function wantedStamp() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  const folders = ["packages", "apps"].flatMap((at) =>
    readdirSync(join(root, at)).map((name) => `${at}/${name}`),
  );
  const manifests = [...folders.sort(), "tools"].map((at) => `${at}/package.json`);
  for (const name of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests]) {
    hash.update(readFileSync(join(root, name)));
  }
  return hash.digest("hex");
}

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`Node ${process.versions.node} is too old; install Node 20 or later.`);
  process.exit(1);
}

const stamp = wantedStamp();
if (!existsSync(stampPath) || readFileSync(stampPath, "utf8") !== stamp) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  console.log(`Installing packages with ${packageManager} (the first time takes about a minute)`);
  run("npx", ["--yes", packageManager, "install", "--frozen-lockfile"], "shown");
  writeFileSync(stampPath, stamp);
}

if (process.argv[2] !== "install") {
  if (!existsSync(join(root, "apps", "portal", "build"))) console.log("Building the portal");
  // npm has put node_modules/.bin on the PATH; turbo finds pnpm and the pinned Node there.
  run(join(root, "node_modules", ".bin", "turbo"), ["run", "build", "--output-logs=errors-only"], "quiet");
}
