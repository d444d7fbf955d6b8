import { lte } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { ExpectedEtag } from "./etag.ts";
import { type Endpoint, requireEndpoint } from "./list-endpoints.ts";
import type { EndpointPause, SecretRotation } from "./schemas.ts";
import { newSigningSecret } from "./signing-secret.ts";
import { endpoints } from "./tables.ts";
import { changeEndpoint, requireOpen } from "./write-endpoint.ts";

const notDraining = { drainingSince: null, drainThen: null };

/**
 * Stops deliveries to an endpoint until an instant, or until it is resumed. What arrives meanwhile waits. `conflict` when `etag`
 * is given and is not the present state's.
 */
export async function pauseEndpoint(
  ctx: Context,
  input: EndpointPause & { etag?: ExpectedEtag },
): Promise<Endpoint> {
  if (input.until !== null && input.until <= ctx.now) {
    throw new DomainError("invalid", "A pause ends after it begins.", { field: "until", fault: "past" });
  }
  return await changeEndpoint(ctx, { id: input.id, etag: input.etag }, async (_tx, before) => {
    requireOpen(before);
    const pause = { state: "paused" as const, pausedUntil: input.until, pauseReason: input.reason };
    const set = { ...pause, ...notDraining };
    return { set, give: (endpoint) => endpoint };
  });
}

/** Lets deliveries to an endpoint go on, whether it was paused or draining. */
export async function resumeEndpoint(
  ctx: Context,
  input: { id: string; etag?: ExpectedEtag },
): Promise<Endpoint> {
  return await changeEndpoint(ctx, input, async (_tx, before) => {
    requireOpen(before);
    const set = { state: "active" as const, pausedUntil: null, pauseReason: null, ...notDraining };
    return { set, give: (endpoint) => endpoint };
  });
}

const hourMilliseconds = 3_600_000;
const overlapHoursDefault = 168;

/**
 * Gives a webhook a new signing secret, shown this once. The one before it signs beside it for `overlapHours` (a week when
 * nothing is said; none for a secret that is known to others), then it ends by the clock; older ones end now.
 */
export async function rotateSigningSecret(
  ctx: Context,
  input: { id: string } & Partial<SecretRotation>,
): Promise<{ endpoint: Endpoint; secret: string }> {
  const secret = newSigningSecret();
  const comment = "signing secret rotated";
  const { overlapHours = overlapHoursDefault } = input;
  const given = await changeEndpoint(ctx, { id: input.id, comment, once: true }, async (_tx, before) => {
    requireOpen(before);
    if (before.transport !== "webhook") {
      throw new DomainError("invalid", "Only a webhook has a signing secret.", { field: "transport" });
    }
    const old = overlapHours === 0 ? [] : before.signingSecrets.slice(0, 1);
    const ends = old.length === 0 ? null : new Date(ctx.now.getTime() + overlapHours * hourMilliseconds);
    const set = { signingSecrets: [secret, ...old], oldSecretsEndAt: ends };
    return { set, give: () => ({ secret }) };
  });
  return { endpoint: await requireEndpoint(ctx.db, input.id), secret: given.secret };
}

/** Ends every signing secret but the newest. */
export async function dropOldSecrets(ctx: Context, input: { id: string }): Promise<Endpoint> {
  const comment = "old signing secrets ended";
  return await changeEndpoint(ctx, { id: input.id, comment }, async (_tx, before) => ({
    set: { signingSecrets: before.signingSecrets.slice(0, 1), oldSecretsEndAt: null },
    give: (endpoint) => endpoint,
  }));
}

/** Ends the old signing secrets whose overlap is over. Gives at how many endpoints. */
export async function endOldSecrets(ctx: Context): Promise<number> {
  const due = await ctx.db
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(lte(endpoints.oldSecretsEndAt, ctx.now));
  let ended = 0;
  for (const { id } of due) {
    const comment = "overlap of signing secrets over";
    ended += await changeEndpoint(ctx, { id, comment }, async (_tx, { signingSecrets, oldSecretsEndAt }) => {
      // Another rotation may have come between the looking and the locking.
      const isOver = oldSecretsEndAt !== null && oldSecretsEndAt <= ctx.now;
      const set = { signingSecrets: signingSecrets.slice(0, 1), oldSecretsEndAt: null };
      return { set: isOver ? set : { oldSecretsEndAt }, give: () => (isOver ? 1 : 0) };
    });
  }
  return ended;
}
