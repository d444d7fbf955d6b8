import type { ClockState } from "@sor/core/database";
import type { FollowerState } from "@sor/core/routing";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { freeSpoolBytes } from "../intake/spool-space.ts";

/** What a node can be ready for; a load balancer checks each separately. */
export const purposes = ["lookups", "intake", "delivery"] as const;
export type Purpose = (typeof purposes)[number];

const Status = z.enum(["ready", "degraded", "not-ready"]);
const Reason = z.enum(["no-table", "table-old", "database", "clock", "disk"]);

export const Readiness = z
  .object({
    status: Status.meta({ description: "Of the requested purpose" }),
    purposes: z.array(z.object({ purpose: z.enum(purposes), status: Status, reasons: z.array(Reason) })),
    store: z.object({ isConnected: z.boolean(), problem: z.string().nullable() }),
    snapshot: z.object({
      source: z.enum(["none", "file", "database"]),
      sequence: z.int(),
      freshAt: z.iso.datetime().nullable(),
      ageSeconds: z.number().nullable(),
      savedAt: z.iso.datetime().nullable(),
    }),
    clock: z.object({ isTrusted: z.boolean(), skewSeconds: z.number().nullable() }),
    spool: z.object({ freeBytes: z.number().nullable() }),
  })
  .meta({ id: "Readiness", description: "What this node is ready for, and why not" });
export type Readiness = z.infer<typeof Readiness>;

/** A routing table older than this is no longer trusted; the database has been unavailable for a day. */
const staleAfterSeconds = 86_400;
const megabyte = 1024 * 1024;

export type ReadinessFacts = {
  routing: FollowerState;
  clock: ClockState;
  /** Null where it is unknown. */
  spoolFreeBytes: number | null;
  spoolFreeBytesMin: number;
  now: Date;
};

/** What a node is ready for. Lookups only need a table; the rest needs the database, a trusted clock, and disk space. Pure. */
export function readinessOf(facts: ReadinessFacts, asked: Purpose = "lookups"): Readiness {
  const { routing, clock, spoolFreeBytes } = facts;
  const { freshAt } = routing;
  const ageSeconds = freshAt && Math.max(0, (facts.now.getTime() - freshAt.getTime()) / 1000);
  const database = routing.isConnected ? [] : (["database"] as const);
  const untimely = clock.isTrusted ? [] : (["clock"] as const);
  const isFull = spoolFreeBytes === null || spoolFreeBytes < facts.spoolFreeBytesMin;
  const table =
    routing.source === "none" || ageSeconds === null
      ? (["no-table"] as const)
      : ageSeconds >= staleAfterSeconds
        ? (["table-old"] as const)
        : [];
  const needed = {
    lookups: table,
    intake: [...database, ...untimely, ...(isFull ? (["disk"] as const) : [])],
    delivery: [...database, ...untimely],
  };
  const found = purposes.map((purpose) => {
    const missing = needed[purpose];
    const isDegraded = purpose === "lookups" && database.length > 0;
    const status: Readiness["status"] = missing.length > 0 ? "not-ready" : isDegraded ? "degraded" : "ready";
    return { purpose, status, reasons: isDegraded ? [...missing, ...database] : [...missing] };
  });
  return {
    status: found.find(({ purpose }) => purpose === asked)?.status ?? "not-ready",
    purposes: found,
    store: { isConnected: routing.isConnected, problem: routing.problem },
    snapshot: {
      source: routing.source,
      sequence: routing.sequence,
      freshAt: freshAt?.toISOString() ?? null,
      ageSeconds,
      savedAt: routing.savedAt?.toISOString() ?? null,
    },
    clock,
    spool: { freeBytes: spoolFreeBytes },
  };
}

/** What this node is ready for now. */
export async function lookAtReadiness(deps: Deps, now: Date, asked?: Purpose): Promise<Readiness> {
  const spoolFreeBytes = await freeSpoolBytes(deps.config).catch((error: unknown) => {
    deps.log.warn({ err: error }, "the spool's free space cannot be told");
    return null;
  });
  const facts = {
    routing: deps.routing.state(),
    clock: deps.databaseClock?.state() ?? { isTrusted: true, skewSeconds: 0 },
    spoolFreeBytes,
    spoolFreeBytesMin: deps.config.SPOOL_FREE_MEGABYTES_MIN * megabyte,
    now,
  };
  return readinessOf(facts, asked);
}
