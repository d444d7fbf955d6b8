import { readConfig } from "./config.ts";

const outcome = readConfig(process.env);
if ("faults" in outcome) {
  console.error(`These settings are wrong:\n${outcome.faults.map((fault) => `  ${fault}`).join("\n")}`);
  process.exit(1);
}
// Loaded only now: wrong settings are told at once, before the whole of core is read.
const { runSystem } = await import("./run-system.ts");
await runSystem(outcome.config, process.argv.includes("--dev") ? "develop" : "serve");
