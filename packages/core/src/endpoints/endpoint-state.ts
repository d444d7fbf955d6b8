import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { Endpoint, EndpointRow } from "./list-endpoints.ts";
import type { EndpointPause } from "./schemas.ts";
import { newSigningSecret } from "./signing-secret.ts";
import { changeEndpoint } from "./write-endpoint.ts";

function requireOpen(row: EndpointRow): void {
  if (row.state === "closed") {
    throw new DomainError("gone", "The endpoint is closed.", { endpointId: row.id });
  }
}

/** Stops deliveries to an endpoint until an instant, or until it is resumed. What arrives meanwhile waits. */
export async function pauseEndpoint(ctx: Context, input: EndpointPause): Promise<Endpoint> {
  if (input.until !== null && input.until <= ctx.now) {
    throw new DomainError("invalid", "A pause ends after it begins.", { field: "until", fault: "past" });
  }
  return await changeEndpoint(ctx, { id: input.id }, async (_tx, before) => {
    requireOpen(before);
    const set = { state: "paused" as const, pausedUntil: input.until, pauseReason: input.reason };
    return { set, give: (endpoint) => endpoint };
  });
}

/** Lets deliveries to an endpoint go on. */
export async function resumeEndpoint(ctx: Context, input: { id: string }): Promise<Endpoint> {
  return await changeEndpoint(ctx, input, async (_tx, before) => {
    requireOpen(before);
    const set = { state: "active" as const, pausedUntil: null, pauseReason: null };
    return { set, give: (endpoint) => endpoint };
  });
}

/**
 * Gives a webhook a new signing secret, shown this once. The one before it goes on signing beside it until
 * `dropOldSecrets`; older ones end now.
 */
export async function rotateSigningSecret(
  ctx: Context,
  input: { id: string },
): Promise<{ endpoint: Endpoint; secret: string }> {
  const secret = newSigningSecret();
  const comment = "signing secret rotated";
  return await changeEndpoint(ctx, { id: input.id, comment }, async (_tx, before) => {
    requireOpen(before);
    if (before.transport !== "webhook") {
      throw new DomainError("invalid", "Only a webhook has a signing secret.", { field: "transport" });
    }
    const signingSecrets = [secret, ...before.signingSecrets.slice(0, 1)];
    return { set: { signingSecrets }, give: (endpoint) => ({ endpoint, secret }) };
  });
}

/** Ends every signing secret but the newest. */
export async function dropOldSecrets(ctx: Context, input: { id: string }): Promise<Endpoint> {
  const comment = "old signing secrets ended";
  return await changeEndpoint(ctx, { id: input.id, comment }, async (_tx, before) => ({
    set: { signingSecrets: before.signingSecrets.slice(0, 1) },
    give: (endpoint) => endpoint,
  }));
}
