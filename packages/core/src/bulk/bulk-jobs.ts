import { and, eq, isNull, lt } from "drizzle-orm";
import { type Context, changeAllUnjournalled, requireAnywhere, work } from "../context.ts";
import { newId, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type BulkJob, BulkRequest } from "./schemas.ts";
import { bulkJobs } from "./tables.ts";

type Row = typeof bulkJobs.$inferSelect;

const jobsAtOnce = 5;
const daysKept = 30;

/**
 * Queues a bulk edit, which a worker carries out with the actor's permissions of then. `too-many` while five jobs of the
 * actor's supplier are open.
 */
export async function startBulk(ctx: Context, request: BulkRequest): Promise<BulkJob> {
  const { actor, now } = ctx;
  if (actor.kind !== "user" && actor.kind !== "key") throw new DomainError("not-signed-in", "sign-in-first");
  await requireAnywhere(ctx, "registration.edit", "location");
  const { id } = await changeAllUnjournalled(ctx, { once: true }, async (tx) => {
    // A share for each supplier, however many keys it has.
    await waitForLock(tx, "bulk-jobs", actor.supplierId ?? actor.id);
    const isOwn =
      actor.supplierId === null ? eq(bulkJobs.actorId, actor.id) : eq(bulkJobs.supplierId, actor.supplierId);
    const own = and(isOwn, isNull(bulkJobs.endedAt));
    if ((await tx.$count(bulkJobs, own)) >= jobsAtOnce) {
      throw new DomainError("too-many", "too-many-bulk-jobs", { jobsAtOnce });
    }
    const asker = { actorKind: actor.kind, actorId: actor.id, supplierId: actor.supplierId };
    const row = { id: newId(), ...asker, request: request, createdAt: now };
    await tx.insert(bulkJobs).values(row);
    return { id: row.id };
  });
  return await getBulk(ctx, { id });
}

/** How far a bulk edit is, and what became of it. Throws `not-found`, also for another's. */
export async function getBulk(ctx: Context, { id }: { id: string }): Promise<BulkJob> {
  const { actor } = ctx;
  const [row] = await ctx.db.select().from(bulkJobs).where(eq(bulkJobs.id, id));
  const isOwn = row && "id" in actor && actor.kind === row.actorKind && actor.id === row.actorId;
  if (!isOwn) throw new DomainError("not-found", "no-such-bulk-job");
  return viewOf(row);
}

function viewOf({ id, state, request, result, fault, createdAt, endedAt }: Row): BulkJob {
  const { title, dryRun } = BulkRequest.parse(request);
  const times = { createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
  return { id, title, dryRun, state, result, fault, ...times };
}

/** Removes jobs that ended more than thirty days ago. */
export async function forgetOldBulk(ctx: Context): Promise<void> {
  const before = new Date(ctx.now.getTime() - daysKept * 86_400_000);
  await work(ctx, async (tx) => {
    await tx.delete(bulkJobs).where(lt(bulkJobs.endedAt, before));
  });
}
