import { and, desc, eq, inArray, lt, ne, or, sql } from "drizzle-orm";
import { type Context, change, unchanged, work } from "../context.ts";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { dueSince, type Schedule } from "./schedule.ts";
import type { SnapshotRunView } from "./schemas.ts";
import { snapshotRuns as runs } from "./tables.ts";

export type SnapshotRun = typeof runs.$inferSelect;

/** A run that was not heard of for so long was ended with its program. */
const silentMilliseconds = 120_000;
/** How long after a failed run the next is tried. */
const retryMilliseconds = 600_000;

const isOpen = inArray(runs.state, ["asked", "making"]);

/** The rows as the API shows them. */
export function runView(run: SnapshotRun): SnapshotRunView {
  const { id, state, cause, step, rows, name, sequence, day, failure } = run;
  return {
    ...{ id, state, cause, askedAt: run.askedAt.toISOString() },
    startedAt: run.startedAt?.toISOString() ?? null,
    endedAt: run.endedAt?.toISOString() ?? null,
    ...{ step, rows, name, sequence, day, failure },
  };
}

/** Asks for a snapshot now. One that is asked for or under way already is given instead: its files are as new. */
export async function askForSnapshot(ctx: Context): Promise<SnapshotRun> {
  const subject = { type: "register", id: "snapshots" } as const;
  return await change(ctx, { action: "register.configure", subject }, async (tx) => {
    await waitForLock(tx, "snapshots");
    const [open] = await tx.select().from(runs).where(eq(runs.state, "asked")).limit(1);
    if (open) return unchanged(open);
    const values = { id: newId(), state: "asked", cause: "request", askedAt: ctx.now } as const;
    const [made] = await tx.insert(runs).values(values).returning();
    if (!made) throw new Error("a row that was inserted was not returned");
    return {
      result: made,
      entries: [{ subjectType: "snapshot", subjectId: made.id, after: { state: "asked" } }],
    };
  });
}

/** The newest runs, newest first. */
export async function listRuns(ctx: Context, limit: number): Promise<SnapshotRun[]> {
  return await ctx.db.select().from(runs).orderBy(desc(runs.askedAt), desc(runs.id)).limit(limit);
}

/** A run by its id. Throws `not-found`. */
export async function getRun(ctx: Context, id: string): Promise<SnapshotRun> {
  const [row] = await ctx.db.select().from(runs).where(eq(runs.id, id));
  if (!row) throw new DomainError("not-found", "no-such-snapshot", { snapshotId: id });
  return row;
}

/** The newest published snapshot's run; undefined when there is none. */
export async function findPublishedRun(ctx: Context): Promise<SnapshotRun | undefined> {
  const [row] = await ctx.db
    .select()
    .from(runs)
    .where(eq(runs.state, "published"))
    .orderBy(desc(runs.name))
    .limit(1);
  return row;
}

/**
 * Takes the run that is to be made now: one asked for, or one that is due by the hours. Undefined while another program makes
 * one, and when none is due. A run whose program was ended is noted as failed first.
 */
export async function takeRun(ctx: Context, schedule: Schedule): Promise<SnapshotRun | undefined> {
  return await work(ctx, async (tx) => {
    await waitForLock(tx, "snapshots");
    const silentSince = new Date(ctx.now.getTime() - silentMilliseconds);
    await tx
      .update(runs)
      .set({ state: "failed", failure: "interrupted", endedAt: ctx.now })
      .where(and(eq(runs.state, "making"), lt(runs.beatAt, silentSince)));
    const open = await tx.select().from(runs).where(isOpen).orderBy(runs.askedAt);
    if (open.some(({ state }) => state === "making")) return undefined;
    const begun = { state: "making", startedAt: ctx.now, beatAt: ctx.now } as const;
    if (open[0]) {
      const [taken] = await tx.update(runs).set(begun).where(eq(runs.id, open[0].id)).returning();
      return taken;
    }
    if (!(await isDue(tx, ctx.now, schedule))) return undefined;
    const made = { id: newId(), cause: "schedule", askedAt: ctx.now, ...begun } as const;
    const [taken] = await tx.insert(runs).values(made).returning();
    return taken;
  });
}

async function isDue(tx: Transaction, now: Date, schedule: Schedule): Promise<boolean> {
  const since = dueSince(now, schedule);
  if (!since) return false;
  const [last] = await tx.select().from(runs).orderBy(desc(runs.startedAt)).limit(1);
  const isRetry =
    last?.state === "failed" && now.getTime() - (last.endedAt?.getTime() ?? 0) < retryMilliseconds;
  if (isRetry) return false;
  const [done] = await tx
    .select({ startedAt: sql<string | null>`max(${runs.startedAt})` })
    .from(runs)
    .where(or(eq(runs.state, "published"), eq(runs.state, "removed")));
  return !done?.startedAt || new Date(done.startedAt) < since;
}

class LostRun extends Error {}

/** Notes that the run is alive and how far it is. Throws when it is no longer this program's. */
export async function beat(ctx: Context, id: string, at: { step: string; rows: number }): Promise<void> {
  const kept = await work(ctx, (tx) =>
    tx
      .update(runs)
      .set({ beatAt: ctx.now, ...at })
      .where(and(eq(runs.id, id), eq(runs.state, "making")))
      .returning({ id: runs.id }),
  );
  if (kept.length === 0) throw new LostRun("another program has taken over");
}

type Ending = Partial<Pick<SnapshotRun, "name" | "sequence" | "day" | "manifest" | "failure">>;

/** Notes how a run ended. */
export async function endRun(
  ctx: Context,
  id: string,
  { state, ...ending }: Ending & { state: "published" | "failed" },
): Promise<void> {
  await work(ctx, (tx) =>
    tx
      .update(runs)
      .set({ state, endedAt: ctx.now, step: null, ...ending })
      .where(and(eq(runs.id, id), ne(runs.state, "published"))),
  );
}

/** Notes that published snapshots were removed, and forgets runs that ended before an instant. */
export async function forgetRuns(ctx: Context, names: readonly string[], before: Date): Promise<void> {
  await work(ctx, async (tx) => {
    if (names.length > 0) {
      await tx
        .update(runs)
        .set({ state: "removed", manifest: null })
        .where(inArray(runs.name, [...names]));
    }
    await tx.delete(runs).where(and(inArray(runs.state, ["failed", "removed"]), lt(runs.endedAt, before)));
  });
}
