import { openDatabase } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { followRoutingTable } from "@sor/core/routing";
import { holdKeyring, loadKeyring } from "@sor/core/vault";
import pino from "pino";
import { readConfig } from "../config.ts";
import { createMetrics } from "../metrics/index.ts";
import { createGatewayServer, listen } from "../server.ts";

// A gateway that is killed between a request's change and its answer; for tests. ACTOR is its caller, NOW its clock.
const config = readConfig(process.env);
holdKeyring(loadKeyring({ ...config, dataDir: config.DATA_DIR, mayMake: false }));
const given = JSON.parse(process.env.ACTOR ?? "") as Extract<Actor, { kind: "key" }>;
const grants = given.grants.map((grant) => ({ ...grant, validFrom: new Date(grant.validFrom) }));
const now = new Date(process.env.NOW ?? "");
const db = openDatabase(config.DATABASE_URL);
const server = createGatewayServer({
  config,
  db,
  routing: await followRoutingTable({ url: config.DATABASE_URL, db, onProblem: () => {} }),
  metrics: createMetrics(),
  refusals: { interchanges: 0 },
  log: pino({ level: "silent" }),
  clock: () => now,
  announce: () => process.kill(process.pid, "SIGKILL"),
  findKey: async () => ({ state: "valid", actor: { ...given, grants } }),
  currentActors: async (actors) => new Map(actors.map((actor) => [actor.id, actor])),
});
process.stdout.write(`${await listen(server, 0, "127.0.0.1")}\n`);
