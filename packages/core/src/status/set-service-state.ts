import { and, eq, isNull } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { ManualState } from "./schemas.ts";
import { serviceStates, services } from "./tables.ts";

async function clearPresent(tx: Transaction, serviceId: string, at: Date) {
  return await tx
    .update(serviceStates)
    .set({ clearedAt: at })
    .where(and(eq(serviceStates.serviceId, serviceId), isNull(serviceStates.clearedAt)))
    .returning();
}

/** Sets a service's state by hand, with a reason, until it expires or is cleared. Needs `service.edit`. */
export async function setServiceState(ctx: Context, input: ManualState): Promise<void> {
  const wanted = ManualState.parse(input);
  if (wanted.expiresAt && wanted.expiresAt <= ctx.now) {
    throw new DomainError("invalid", "The state would have expired already.", { field: "expiresAt" });
  }
  const subject = { type: "service", id: wanted.serviceId } as const;
  await change(ctx, { action: "service.edit", subject, comment: wanted.reason }, async (tx) => {
    const [service] = await tx.select().from(services).where(eq(services.id, wanted.serviceId)).for("update");
    if (!service) throw new DomainError("not-found", "There is no such service.");
    const [before] = await clearPresent(tx, service.id, ctx.now);
    const setByName = ctx.actor.kind === "user" ? ctx.actor.name : ctx.actor.kind;
    await tx.insert(serviceStates).values({ id: newId(), ...wanted, setByName, setAt: ctx.now });
    return {
      result: undefined,
      entries: [{ subjectType: "service", subjectId: service.id, before: before?.state, after: wanted }],
    };
  });
}

/** Takes a state set by hand back, so that incidents and probes decide again. */
export async function clearServiceState(ctx: Context, serviceId: string): Promise<void> {
  const subject = { type: "service", id: serviceId } as const;
  await change(ctx, { action: "service.edit", subject }, async (tx) => {
    const [before] = await clearPresent(tx, serviceId, ctx.now);
    if (!before) return { result: undefined, entries: [] };
    return {
      result: undefined,
      entries: [{ subjectType: "service", subjectId: serviceId, before: before.state, after: null }],
    };
  });
}
