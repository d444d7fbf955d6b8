import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { ExpectedEtag } from "../etag.ts";
import { type Endpoint, requireEndpoint } from "./list-endpoints.ts";
import type { EndpointPause, SecretRotation } from "./schemas.ts";
import { newSigningSecret, rotateSecrets, withoutEnded } from "./signing-secrets.ts";
import { endpoints } from "./tables.ts";
import { changeEndpoint, requireOpen } from "./write-endpoint.ts";

const notDraining = { drainingSince: null, drainThen: null };

/**
 * Stops deliveries to an endpoint until an instant, or until it is resumed. Messages arriving meanwhile wait. `conflict` when a
 * given `etag` does not match the present state.
 */
export async function pauseEndpoint(
  ctx: Context,
  input: EndpointPause & { etag?: ExpectedEtag },
): Promise<Endpoint> {
  if (input.until !== null && input.until <= ctx.now) {
    throw new DomainError("invalid", "pause-reversed", { field: "until", fault: "past" });
  }
  return await changeEndpoint(ctx, { id: input.id, etag: input.etag }, async (_tx, before) => {
    requireOpen(before);
    const pause = { state: "paused" as const, pausedUntil: input.until, pauseReason: input.reason };
    const set = { ...pause, ...notDraining };
    return { set, give: (endpoint) => endpoint };
  });
}

/** Resumes deliveries to an endpoint, whether it was paused or draining. */
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

const overlapHoursDefault = 168;

/**
 * Gives a webhook a new signing secret, shown only once. The previous secret stays valid for `overlapHours` (default: a week),
 * older ones until their own ends; 0 ends all of them now, for a leaked secret. Throws `conflict` when `etag` does not match the
 * present state, or (`too-many-secrets`) when five are valid already.
 */
export async function rotateSigningSecret(
  ctx: Context,
  input: { id: string; etag?: ExpectedEtag } & Partial<SecretRotation>,
): Promise<{ endpoint: Endpoint; secret: string }> {
  const secret = newSigningSecret();
  const comment = "signing secret rotated";
  const overlapSeconds = (input.overlapHours ?? overlapHoursDefault) * 3600;
  const { id, etag } = input;
  const given = await changeEndpoint(ctx, { id, etag, comment, once: true }, async (_tx, before) => {
    requireOpen(before);
    if (before.transport !== "webhook") {
      throw new DomainError("invalid", "no-signing-secret", { field: "transport" });
    }
    const secrets = rotateSecrets(before.secrets, secret, { overlapSeconds, now: ctx.now });
    return { set: { secrets }, give: () => ({ secret }) };
  });
  return { endpoint: await requireEndpoint(ctx.db, id), secret: given.secret };
}

/** Ends every signing secret but the newest. `conflict` when `etag` does not match the present state. */
export async function dropOldSecrets(
  ctx: Context,
  input: { id: string; etag?: ExpectedEtag },
): Promise<Endpoint> {
  const comment = "old signing secrets ended";
  return await changeEndpoint(ctx, { ...input, comment }, async (_tx, before) => ({
    set: { secrets: before.secrets.slice(0, 1) },
    give: (endpoint) => endpoint,
  }));
}

const isOver = (now: Date) => sql`exists (
  select from jsonb_array_elements(${endpoints.secrets}) s where (s->>'endsAt')::timestamptz <= ${now})`;

/** Removes expired signing secrets; they are not used from their end on. Returns the number of endpoints changed. */
export async function endOldSecrets(ctx: Context): Promise<number> {
  const due = await ctx.db.select({ id: endpoints.id }).from(endpoints).where(isOver(ctx.now));
  let ended = 0;
  for (const { id } of due) {
    const comment = "overlap of signing secrets over";
    ended += await changeEndpoint(ctx, { id, comment }, async (_tx, before) => {
      const secrets = withoutEnded(before.secrets, ctx.now);
      return { set: { secrets }, give: () => (secrets.length < before.secrets.length ? 1 : 0) };
    });
  }
  return ended;
}
