import { eq, sql } from "drizzle-orm";
import { type Context, changeUnjournalled } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { type EndpointRow, requireOpen } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { endpointChecks } from "./tables.ts";

const secondsBetweenTests = 10;

/**
 * Begins a test of an endpoint on demand: checks that the actor has `endpoint.edit` on it, that it is not closed, and that it was
 * not tested within ten seconds by any process; then runs `act` in the same transaction. Throws `not-found`, `gone`, `too-many`.
 */
export async function beginTest<Result>(
  ctx: Context,
  id: string,
  act: (tx: Transaction, endpoint: EndpointRow) => Promise<Result>,
): Promise<Result> {
  let endpoint: EndpointRow | undefined;
  const subject = async (tx: Transaction) => {
    [endpoint] = await tx.select().from(endpoints).where(eq(endpoints.id, id));
    if (!endpoint) throw new DomainError("not-found", "no-such-endpoint", { endpointId: id });
    return { type: "endpoint", id, supplierId: endpoint.supplierId } as const;
  };
  return await changeUnjournalled(ctx, { action: "endpoint.edit", subject }, async (tx) => {
    if (!endpoint) throw new Error("the endpoint was not loaded");
    requireOpen(endpoint);
    await takeTurn(tx, ctx.now, id);
    return await act(tx, endpoint);
  });
}

async function takeTurn(tx: Transaction, now: Date, endpointId: string): Promise<void> {
  const before = new Date(now.getTime() - secondsBetweenTests * 1000);
  const isLongAgo = sql`(${endpointChecks.testedAt} is null or ${endpointChecks.testedAt} <= ${before})`;
  const taken = await tx
    .insert(endpointChecks)
    .values({ endpointId, nextProbeAt: now, testedAt: now })
    .onConflictDoUpdate({
      target: endpointChecks.endpointId,
      set: { testedAt: now },
      setWhere: isLongAgo,
    })
    .returning({ id: endpointChecks.endpointId });
  if (taken.length > 0) return;
  throw new DomainError("too-many", "tested-just-now", {
    retryAfterSeconds: secondsBetweenTests,
  });
}
