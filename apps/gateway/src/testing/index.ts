import { tmpdir } from "node:os";
import { join } from "node:path";
/** Answers what a gateway test builds its app from: settings, a fake table, a fake key ring, no socket. */
import type { Database } from "@sor/core";
import { openDatabase } from "@sor/core";
import type { RoutingFollower } from "@sor/core/routing";
import { aRoutingTable, routingSamples } from "@sor/core/testing";
import pino from "pino";
import type { Deps } from "../app-env.ts";
import { readConfig } from "../config.ts";
import { createMetrics } from "../metrics/index.ts";

/** A follower whose table never changes. */
export function stillRouting(table = aRoutingTable()): RoutingFollower {
  return {
    table,
    look: async () => {},
    verify: async () => {},
    state: () => ({
      source: "database",
      sequence: table.sequence,
      freshAt: new Date(routingSamples.now * 1000),
      isConnected: true,
      problem: null,
      savedAt: null,
    }),
    stop: async () => {},
  };
}

/** A database handle that cannot connect: for tests that must not use it. */
export function unreachableDatabase(): Database {
  return openDatabase("postgres://nobody@127.0.0.1:1/none");
}

// Not the checkout's own folder, where another program may publish.
const noFiles = join(tmpdir(), `sor-no-files-${process.pid}`);

/** Everything createApp needs, without network, and without a database unless one is given. */
export function testDeps(given: Partial<Deps> & { env?: Record<string, string> } = {}): Deps {
  const { env, ...deps } = given;
  return {
    config: readConfig({
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
      FILES_AT: "never",
      FILES_DIR: noFiles,
      ...env,
    }),
    db: unreachableDatabase(),
    routing: stillRouting(),
    metrics: createMetrics(),
    refusals: { interchanges: 0 },
    log: pino({ level: "silent" }),
    clock: () => new Date(routingSamples.now * 1000),
    announce: () => {},
    findKey: async () => ({ state: "unknown" }),
    currentActors: async (actors) => new Map(actors.map((actor) => [actor.id, actor])),
    ...deps,
  };
}
