import { createHash } from "node:crypto";
import { and, desc, eq } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, type Transaction, tryLock } from "../database/index.ts";
import { pruneBatch } from "./prune-batch.ts";
import { dueBefore, type PruneKind, pruneKinds, type Retention } from "./retention.ts";
import { pruneRuns } from "./tables.ts";

/** The report of a run. */
export type PruneReport = typeof pruneRuns.$inferSelect;

type PruneOptions = {
  retention: Retention;
  /** Maximum number of rows removed by one transaction. */
  batch?: number | undefined;
  /** Checked between batches; what is left is removed by the next run. */
  isStopping?: (() => boolean) | undefined;
  /** Called after each batch. */
  onBatch?: ((report: PruneReport) => void) | undefined;
};

/**
 * Removes everything that is due, kind after kind, in small transactions, and stores a report of each kind. Only one process
 * prunes at a time: another gets an empty list. An interrupted run is continued by the next. An error ends its kind's run as
 * `failed`, and is thrown after the other kinds are done.
 */
export async function prune(ctx: Context, options: PruneOptions): Promise<PruneReport[]> {
  const reports: PruneReport[] = [];
  const faults: unknown[] = [];
  for (const kind of pruneKinds) {
    if (options.isStopping?.()) break;
    try {
      const report = await pruneKind(ctx, kind, options);
      if (report) reports.push(report);
    } catch (error) {
      faults.push(error);
      await endRun(ctx, kind, "failed", codeOf(error));
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, "a deletion run has failed");
  return reports;
}

async function pruneKind(
  ctx: Context,
  kind: PruneKind,
  { retention, batch = 500, isStopping, onBatch }: PruneOptions,
): Promise<PruneReport | undefined> {
  const before = dueBefore(kind, retention, ctx.now);
  for (;;) {
    const step = await work(ctx, async (tx) => {
      const result = await pruneStep(tx, kind, { before, batch, now: ctx.now });
      return result;
    });
    if (!step) return undefined;
    onBatch?.(step.report);
    if (step.count === 0) return await endRun(ctx, kind, "done", null);
    if (isStopping?.()) return step.report;
  }
}

async function pruneStep(
  tx: Transaction,
  kind: PruneKind,
  { before, batch, now }: { before: Date; batch: number; now: Date },
): Promise<{ count: number; report: PruneReport } | undefined> {
  if (!(await tryLock(tx, "retention"))) return undefined;
  const run = (await findRunning(tx, kind)) ?? (await beginRun(tx, kind, before, now));
  const removed = await pruneBatch[kind](tx, before, batch);
  if (removed.ids.length === 0) return { count: 0, report: run };
  const certificate = createHash("sha256")
    .update(run.certificate ?? run.id)
    .update(removed.ids.sort().join("\n"))
    .digest("hex");
  const [report] = await tx
    .update(pruneRuns)
    .set({
      before,
      oldestAt: earliest(run.oldestAt, removed.oldestAt),
      newestAt: latest(run.newestAt, removed.newestAt),
      removed: run.removed + removed.ids.length,
      removedBytes: run.removedBytes + removed.bytes,
      certificate,
    })
    .where(eq(pruneRuns.id, run.id))
    .returning();
  if (!report) throw new Error("the report of a deletion run is gone");
  return { count: removed.ids.length, report };
}

const earliest = (a: Date | null, b: Date | null) => (a && b ? (a < b ? a : b) : (a ?? b));
const latest = (a: Date | null, b: Date | null) => (a && b ? (a > b ? a : b) : (a ?? b));

async function findRunning(tx: Transaction, kind: PruneKind): Promise<PruneReport | undefined> {
  const [run] = await tx
    .select()
    .from(pruneRuns)
    .where(and(eq(pruneRuns.kind, kind), eq(pruneRuns.outcome, "running")))
    .for("update");
  return run;
}

async function beginRun(tx: Transaction, kind: PruneKind, before: Date, now: Date): Promise<PruneReport> {
  const [run] = await tx
    .insert(pruneRuns)
    .values({ id: newId(), kind, startedAt: now, outcome: "running", before })
    .returning();
  if (!run) throw new Error("a deletion run was not written");
  return run;
}

async function endRun(
  ctx: Context,
  kind: PruneKind,
  outcome: "done" | "failed",
  error: string | null,
): Promise<PruneReport | undefined> {
  return await work(ctx, async (tx) => {
    const run =
      (await findRunning(tx, kind)) ?? (outcome === "failed" && (await beginRun(tx, kind, ctx.now, ctx.now)));
    if (!run) return undefined;
    const [report] = await tx
      .update(pruneRuns)
      .set({ outcome, error, endedAt: ctx.now })
      .where(eq(pruneRuns.id, run.id))
      .returning();
    return report;
  });
}

function codeOf(error: unknown): string {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ("code" in current && typeof current.code === "string") return current.code.slice(0, 40);
  }
  return "unknown";
}

/** When each kind was last pruned successfully, and its last run of any outcome. */
export async function lastPrunes(
  ctx: Context,
): Promise<{ kind: PruneKind; lastSuccessAt: Date | null; last: PruneReport | null }[]> {
  return await Promise.all(
    pruneKinds.map(async (kind) => {
      const ofKind = eq(pruneRuns.kind, kind);
      const newest = [desc(pruneRuns.startedAt), desc(pruneRuns.id)];
      const [last] = await ctx.db
        .select()
        .from(pruneRuns)
        .where(ofKind)
        .orderBy(...newest)
        .limit(1);
      const [success] = await ctx.db
        .select({ endedAt: pruneRuns.endedAt })
        .from(pruneRuns)
        .where(and(ofKind, eq(pruneRuns.outcome, "done")))
        .orderBy(...newest)
        .limit(1);
      return { kind, lastSuccessAt: success?.endedAt ?? null, last: last ?? null };
    }),
  );
}
