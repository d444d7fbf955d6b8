import { asc, eq, type SQL } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { etagOf } from "../etag.ts";
import { may, type Subject } from "../permissions/index.ts";
import { type SecretView, secretViews } from "./signing-secrets.ts";
import { endpoints, suppliers, systems } from "./tables.ts";

export type EndpointRow = typeof endpoints.$inferSelect;

/** An endpoint as shown to people: of its signing secrets only their periods of validity. */
export type Endpoint = Omit<EndpointRow, "secrets"> & {
  signingSecrets: SecretView[];
  supplierName: string;
  systemName: string | null;
  etag: string;
};

/** Whether deliveries are stopped at that time; a pause with an end expires automatically. */
export function isPaused(endpoint: Pick<EndpointRow, "state" | "pausedUntil">, now: Date): boolean {
  return endpoint.state === "paused" && (endpoint.pausedUntil === null || now < endpoint.pausedUntil);
}

export const endpointConditions = ["active", "paused", "draining", "closed"] as const;
/** The condition of an endpoint at a time. */
export type EndpointCondition = (typeof endpointConditions)[number];

/**
 * The endpoint's condition at that time: a draining endpoint has state `paused`, and a pause with an end expires automatically.
 */
export function endpointCondition(
  endpoint: Pick<EndpointRow, "state" | "pausedUntil" | "drainingSince">,
  now: Date,
): EndpointCondition {
  if (endpoint.state !== "paused") return endpoint.state;
  if (endpoint.drainingSince !== null) return "draining";
  return isPaused(endpoint, now) ? "paused" : "active";
}

/** The endpoint without its secrets, for the journal. */
export function withoutSecrets(
  row: EndpointRow,
): Omit<EndpointRow, "secrets"> & { signingSecrets: SecretView[] } {
  const { secrets, ...rest } = row;
  return { ...rest, signingSecrets: secretViews(secrets) };
}

/** Endpoints that match a condition, by name, without a permission check. */
export async function selectEndpoints(db: ReadDatabase, where: SQL): Promise<Endpoint[]> {
  const rows = await db
    .select({ endpoint: endpoints, supplierName: suppliers.name, systemName: systems.name })
    .from(endpoints)
    .innerJoin(suppliers, eq(suppliers.id, endpoints.supplierId))
    .leftJoin(systems, eq(systems.id, endpoints.systemId))
    .where(where)
    .orderBy(asc(endpoints.name), asc(endpoints.id));
  return rows.map(({ endpoint, supplierName, systemName }) => {
    const { lastVerifiedAt, certificateSha256, certificateExpiresAt, ...edited } = withoutSecrets(endpoint);
    const measured = { lastVerifiedAt, certificateSha256, certificateExpiresAt };
    return { ...edited, ...measured, supplierName, systemName, etag: etagOf(edited) };
  });
}

/** The endpoint; throws `not-found`. */
export async function requireEndpoint(db: ReadDatabase, id: string): Promise<Endpoint> {
  const [found] = await selectEndpoints(db, eq(endpoints.id, id));
  if (!found) throw noSuchEndpoint(id);
  return found;
}

const noSuchEndpoint = (endpointId: string) =>
  new DomainError("not-found", "no-such-endpoint", { endpointId });

/** Whether the actor may see a supplier's endpoints, their contacts and their health. */
export function mayReadEndpoints(ctx: Context, supplierId: string): boolean {
  const subject: Subject = { type: "supplier", id: supplierId, supplierId };
  return may(ctx.actor, "endpoint.read", subject, ctx.now);
}

/** Whether the actor may create, change, test, pause and drain a supplier's endpoints and systems. */
export function mayEditEndpoints(ctx: Context, supplierId: string): boolean {
  const subject: Subject = { type: "supplier", id: supplierId, supplierId };
  return may(ctx.actor, "endpoint.edit", subject, ctx.now);
}

function refuseReading(ctx: Context): never {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  throw new DomainError("not-allowed", "no-right-to-endpoints", {
    action: "endpoint.read",
  });
}

/** A supplier's endpoints by name. Needs `endpoint.read`. */
export async function listEndpoints(ctx: Context, input: { supplierId: string }): Promise<Endpoint[]> {
  if (!mayReadEndpoints(ctx, input.supplierId)) refuseReading(ctx);
  return await selectEndpoints(ctx.db, eq(endpoints.supplierId, input.supplierId));
}

/** One endpoint. Needs `endpoint.read`. */
export async function getEndpoint(ctx: Context, input: { id: string }): Promise<Endpoint> {
  const found = await requireEndpoint(ctx.db, input.id);
  if (!mayReadEndpoints(ctx, found.supplierId)) refuseReading(ctx);
  return found;
}

/** One endpoint; undefined if it does not exist or the actor may not see it. */
export async function findEndpoint(ctx: Context, input: { id: string }): Promise<Endpoint | undefined> {
  const [found] = await selectEndpoints(ctx.db, eq(endpoints.id, input.id));
  return found && mayReadEndpoints(ctx, found.supplierId) ? found : undefined;
}

/**
 * Throws `not-found` for another supplier's endpoint as for an unknown one, and `not-allowed` for one of the actor's own supplier
 * without the permission to see it.
 */
export async function requireVisibleEndpoint(ctx: Context, input: { id: string }): Promise<void> {
  const [found] = await ctx.db.select().from(endpoints).where(eq(endpoints.id, input.id));
  if (found && mayReadEndpoints(ctx, found.supplierId)) return;
  if (found && "supplierId" in ctx.actor && ctx.actor.supplierId === found.supplierId) refuseReading(ctx);
  throw noSuchEndpoint(input.id);
}

/** The fields of an endpoint shown in a choice of a supplier's endpoints. */
export type EndpointChoice = Pick<Endpoint, "id" | "name" | "transport" | "state" | "pausedUntil">;

/** A supplier's endpoints that are neither closed nor about to be closed, by name. */
export async function listEndpointChoices(db: ReadDatabase, supplierId: string): Promise<EndpointChoice[]> {
  const found = await selectEndpoints(db, eq(endpoints.supplierId, supplierId));
  return found
    .filter((each) => each.state !== "closed" && each.drainThen !== "closed")
    .map(({ id, name, transport, state, pausedUntil }) => ({ id, name, transport, state, pausedUntil }));
}
