import { openDatabase } from "@sor/core";
import { holdKeyring, loadKeyring } from "@sor/core/vault";
import pino from "pino";
import { readConfig } from "../config.ts";
import { createMetrics } from "../metrics/index.ts";
import { startWorkers } from "../workers/index.ts";

// A process that only runs the delivery worker, for tests that kill it. Settings by environment; ends on SIGTERM.
const config = readConfig(process.env);
holdKeyring(loadKeyring({ ...config, dataDir: config.DATA_DIR, mayMake: false }));
const workers = startWorkers({
  config,
  db: openDatabase(config.DATABASE_URL),
  metrics: createMetrics(),
  refusals: { interchanges: 0 },
  log: pino({ level: "silent" }),
  clock: () => new Date(),
});
process.once("SIGTERM", async () => {
  await workers.stop();
  process.exit(0);
});
process.stdout.write("ready\n");
