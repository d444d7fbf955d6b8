import { readConfig } from "./system/config.ts";
import { portFaults } from "./system/ports.ts";

function refuse(title: string, faults: readonly string[]): never {
  console.error(`${title}\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  process.exit(1);
}

const outcome = readConfig(process.env);
if ("faults" in outcome) refuse("These settings are wrong:", outcome.faults);
const faults = await portFaults(outcome.config);
if (faults.length > 0) refuse("Nothing was started:", faults);
// Loaded late: faults of the settings are reported before all of core is loaded.
const { runSystem } = await import("./system/run-system.ts");
await runSystem(outcome.config, process.argv.includes("--dev") ? "develop" : "serve");
