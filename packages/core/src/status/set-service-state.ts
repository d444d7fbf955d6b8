import { and, eq, isNull } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type ClearedState, ManualState } from "./schemas.ts";
import { serviceStates, services } from "./tables.ts";

/** Ends the current manual state, if any; `conflict` when it is not the one the author has seen. */
async function clearPresent(tx: Transaction, ctx: Context, { serviceId, seenStateId }: ClearedState) {
  const [service] = await tx.select().from(services).where(eq(services.id, serviceId)).for("update");
  if (!service) throw new DomainError("not-found", "no-such-service");
  const [before] = await tx
    .update(serviceStates)
    .set({ clearedAt: ctx.now })
    .where(and(eq(serviceStates.serviceId, serviceId), isNull(serviceStates.clearedAt)))
    .returning();
  const standing = before && (!before.expiresAt || ctx.now < before.expiresAt) ? before : undefined;
  if (seenStateId !== undefined && seenStateId !== (standing?.id ?? null)) {
    throw new DomainError("conflict", "service-state-changed");
  }
  return standing;
}

/** Sets a service's state manually, with a reason, until it expires or is cleared. Needs `service.edit`. */
export async function setServiceState(ctx: Context, input: ManualState): Promise<void> {
  const { seenStateId, ...wanted } = ManualState.parse(input);
  if (wanted.expiresAt && wanted.expiresAt <= ctx.now) {
    throw new DomainError("invalid", "state-expired", { field: "expiresAt" });
  }
  const subject = { type: "service", id: wanted.serviceId } as const;
  await change(ctx, { action: "service.edit", subject, comment: wanted.reason }, async (tx) => {
    const before = await clearPresent(tx, ctx, { serviceId: wanted.serviceId, seenStateId });
    const setByName = ctx.actor.kind === "user" ? ctx.actor.name : ctx.actor.kind;
    await tx.insert(serviceStates).values({ id: newId(), ...wanted, setByName, setAt: ctx.now });
    return {
      result: undefined,
      entries: [
        { subjectType: "service", subjectId: wanted.serviceId, before: before?.state, after: wanted },
      ],
    };
  });
}

/** Clears a manual state, so that incidents and probes decide again. */
export async function clearServiceState(ctx: Context, input: ClearedState): Promise<void> {
  const { serviceId } = input;
  const subject = { type: "service", id: serviceId } as const;
  await change(ctx, { action: "service.edit", subject }, async (tx) => {
    const before = await clearPresent(tx, ctx, input);
    if (!before) return unchanged(undefined);
    return {
      result: undefined,
      entries: [{ subjectType: "service", subjectId: serviceId, before: before.state, after: null }],
    };
  });
}
