import { eq, sql } from "drizzle-orm";
import { actorForKeyId, actorForUserId } from "../access/index.ts";
import {
  applyChangeSet,
  draftChangeSet,
  findChangeSet,
  type Preview,
  previewCommands,
  submitChangeSet,
} from "../changesets/index.ts";
import { asActor, type Context, work } from "../context.ts";
import { mayPass } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { noLease, takeDue } from "../queue/index.ts";
import { type BulkPlan, planBulk, rawCommands } from "./plan-bulk.ts";
import { BulkRequest, type BulkResult } from "./schemas.ts";
import { bulkJobs } from "./tables.ts";
import { tellProblems } from "./tell-problems.ts";

type Job = typeof bulkJobs.$inferSelect;

const leaseSeconds = 600;

/**
 * Carries out the oldest bulk edit that nobody works on; false when there is none. A refusal ends the job with its code; after a
 * crash another worker begins again, and finds the set that was drafted. Throws temporary errors, such as a lost connection.
 */
export async function continueBulk(ctx: Context): Promise<boolean> {
  const job = await take(ctx);
  if (!job) return false;
  const done = await carryOut(ctx, job).catch((error: unknown) => {
    if (mayPass(error) || !(error instanceof DomainError)) throw error;
    const { fault } = error.details;
    return { fault: typeof fault === "string" ? fault : error.code };
  });
  const ended =
    "fault" in done ? { state: "failed" as const, ...done } : { state: "ended" as const, result: done };
  await update(ctx, job.id, { ...ended, endedAt: ctx.now, ...noLease });
  return true;
}

const queue = {
  table: bulkJobs,
  id: bulkJobs.id,
  dueAt: bulkJobs.createdAt,
  isOpen: sql`${bulkJobs.endedAt} is null`,
};

async function take(ctx: Context): Promise<Job | undefined> {
  const holder = sql`coalesce(${bulkJobs.supplierId}, ${bulkJobs.actorId})::text`;
  const [taken] = await work(ctx, (tx) =>
    takeDue(tx, queue, { now: ctx.now, limit: 1, leaseSeconds, holder }),
  );
  if (!taken) return undefined;
  const [job] = await ctx.db.select().from(bulkJobs).where(eq(bulkJobs.id, taken.id));
  return job;
}

async function update(
  ctx: Context,
  id: string,
  values: Partial<typeof bulkJobs.$inferInsert>,
): Promise<void> {
  await work(ctx, async (tx) => {
    await tx.update(bulkJobs).set(values).where(eq(bulkJobs.id, id));
  });
}

async function actorOf(ctx: Context, { actorKind, actorId }: Job): Promise<Context> {
  const find = actorKind === "key" ? actorForKeyId : actorForUserId;
  const actor = await find(ctx.db, actorId, ctx.now);
  if (!actor) throw new DomainError("not-allowed", "bulk-actor-gone", { fault: "bulk-actor-gone" });
  return asActor(ctx, actor);
}

async function carryOut(ctx: Context, job: Job): Promise<BulkResult> {
  await update(ctx, job.id, { state: "planning" });
  const mine = await actorOf(ctx, job);
  const request = BulkRequest.parse(job.request);
  const drafted = await findChangeSet(mine, { id: job.id });
  if (drafted?.state === "applied") {
    const { length } = drafted.items;
    return {
      ...resultOf({ selected: length, unchanged: 0, commands: [] }, null),
      changed: length,
      ...setOf(drafted),
    };
  }
  const plan = await planBulk(mine, request);
  if (plan.commands.length === 0) return resultOf(plan, null);
  await update(ctx, job.id, { state: "checking" });
  const preview = await previewCommands(mine, plan.commands);
  const result = resultOf(plan, preview);
  if (request.dryRun || result.errors > 0) return result;
  await update(ctx, job.id, { state: "applying" });
  const { title, comment, endings } = request;
  const set =
    drafted ??
    (await draftChangeSet(mine, { id: job.id, title, comment, commands: rawCommands(plan.commands) }));
  if (request.into === "draft") return { ...result, ...setOf(set) };
  const submitted = set.state === "draft" ? await submitChangeSet(mine, { id: set.id, endings }) : set;
  if (submitted.state !== "approved") return { ...result, ...setOf(submitted) };
  await applyChangeSet(mine, { id: set.id });
  return { ...result, changeSetId: set.id, changeSetState: "applied" };
}

const setOf = ({ id, state }: { id: string; state: string }) => ({ changeSetId: id, changeSetState: state });

function resultOf({ commands, ...counts }: BulkPlan, preview: Preview | null): BulkResult {
  return {
    ...counts,
    changed: commands.length,
    endings: preview?.effects.endings ?? 0,
    ...tellProblems(preview?.problems ?? []),
    changeSetId: null,
    changeSetState: null,
  };
}
