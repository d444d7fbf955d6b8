import { and, eq } from "drizzle-orm";
import { type Changed, type ChangedSubject, type Context, change, changedBy } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, requireEtag } from "../etag.ts";
import type { Action, Subject } from "../permissions/index.ts";
import { findFolderFault } from "./folder-path.ts";
import { type Endpoint, type EndpointRow, requireEndpoint, withoutSecrets } from "./list-endpoints.ts";
import type { EndpointFields } from "./schemas.ts";
import { keepSecret, newSigningSecret } from "./signing-secrets.ts";
import { endpoints, systems } from "./tables.ts";
import { findAddressFault } from "./webhook-address.ts";

/** Hosts that a webhook may reach by plain http or on this machine; from the app's settings. */
export type AddressPolicy = { plainHttpHosts?: readonly string[] | undefined };

type Editable = Omit<EndpointFields, "supplierId">;

/** Throws `gone` for a closed endpoint. */
export function requireOpen(row: Pick<EndpointRow, "id" | "state">): void {
  if (row.state === "closed") {
    throw new DomainError("gone", "endpoint-closed", { endpointId: row.id });
  }
}

function requireGoodAddress(fields: Editable, policy: AddressPolicy): void {
  if (fields.transport === "mailbox") {
    if (fields.address === null) return;
    throw new DomainError("invalid", "mailbox-address", {
      field: "address",
      fault: "mailbox-address",
    });
  }
  if (fields.transport === "folder") {
    const fault = fields.address === null ? "missing" : findFolderFault(fields.address);
    if (!fault) return;
    throw new DomainError("invalid", "folder-path-unusable", { field: "address", fault });
  }
  if (fields.address === null) {
    throw new DomainError("invalid", "webhook-without-address", { field: "address", fault: "missing" });
  }
  const fault = findAddressFault(fields.address, policy.plainHttpHosts);
  if (fault) throw new DomainError("invalid", "webhook-address-unusable", { field: "address", fault });
}

async function requireOwnSystem(tx: Transaction, systemId: string | null, supplierId: string): Promise<void> {
  if (systemId === null) return;
  const own = and(eq(systems.id, systemId), eq(systems.supplierId, supplierId));
  const [found] = await tx.select({ id: systems.id }).from(systems).where(own);
  if (!found)
    throw new DomainError("invalid", "system-of-another", {
      field: "systemId",
      fault: "foreign",
    });
}

/**
 * Creates an endpoint of a supplier. A webhook gets a signing secret (Standard Webhooks), which is returned only once. `conflict`
 * when the supplier already has an endpoint of that name.
 */
export async function createEndpoint(
  ctx: Context,
  input: EndpointFields & AddressPolicy,
): Promise<{ endpoint: Endpoint; secret: string | null }> {
  const { plainHttpHosts, ...fields } = input;
  const id = newId();
  const secret = fields.transport === "webhook" ? newSigningSecret() : null;
  const subject: Subject = { type: "endpoint", id, supplierId: fields.supplierId };
  const made = await change(ctx, { action: "endpoint.edit", subject, once: true }, async (tx) => {
    requireGoodAddress(fields, { plainHttpHosts });
    await requireOwnSystem(tx, fields.systemId, fields.supplierId);
    const [row] = await tx
      .insert(endpoints)
      .values({ id, ...fields, secrets: secret === null ? [] : [keepSecret(secret, ctx.now)] })
      .returning();
    const after = row && withoutSecrets(row);
    return { result: { id, secret }, entries: [{ subjectType: "endpoint", subjectId: id, after }] };
  });
  return { endpoint: await requireEndpoint(ctx.db, made.id), secret: made.secret };
}

// A new address has another certificate and has not been verified yet.
const unseen = { certificateSha256: null, certificateExpiresAt: null, lastVerifiedAt: null };

/**
 * Changes an endpoint, except its supplier. A mailbox that becomes a webhook gets a signing secret. `conflict` when `etag` does
 * not match the present state.
 */
export async function updateEndpoint(
  ctx: Context,
  input: { id: string; fields: Editable; etag?: ExpectedEtag } & AddressPolicy,
): Promise<{ endpoint: Endpoint; secret: string | null }> {
  const { systemId, name, transport, address, mimeTypes, technicalContact } = input.fields;
  const { probeWith, isOrdered, signsText, retry } = input.fields;
  return await changeEndpoint(ctx, input, async (tx, before) => {
    requireOpen(before);
    requireGoodAddress(input.fields, input);
    await requireOwnSystem(tx, systemId, before.supplierId);
    const secret = transport === "webhook" && before.secrets.length === 0 ? newSigningSecret() : null;
    const named = { systemId, name, transport, address, mimeTypes, technicalContact };
    return {
      set: {
        ...named,
        ...(secret !== null && { secrets: [keepSecret(secret, ctx.now)] }),
        ...(probeWith && { probeWith }),
        ...(isOrdered !== undefined && { isOrdered }),
        ...(signsText !== undefined && { signsText }),
        ...(retry !== undefined && { retry }),
        ...(address !== before.address && { ...unseen, addressSince: ctx.now }),
      },
      give: (endpoint) => ({ endpoint, secret }),
    };
  });
}

/** The new column values of an endpoint, other changes, and the result of the use case. */
export type EndpointChange<T> = {
  set: Partial<EndpointRow>;
  also?: readonly ChangedSubject[];
  give: (endpoint: Endpoint) => T;
};

/** Loads the endpoint for update, checks the permission, writes what `decide` returns and journals it. */
export async function changeEndpoint<T>(
  ctx: Context,
  input: { id: string; etag?: ExpectedEtag; comment?: string | undefined; once?: true },
  decide: (tx: Transaction, before: EndpointRow) => Promise<EndpointChange<T>>,
): Promise<T> {
  let before: EndpointRow | undefined;
  const action: Action = "endpoint.edit";
  const subject = async (tx: Transaction): Promise<Subject> => {
    // `no key update`: submissions accepted meanwhile only need to know that it exists.
    [before] = await tx.select().from(endpoints).where(eq(endpoints.id, input.id)).for("no key update");
    if (!before) throw new DomainError("not-found", "no-such-endpoint", { endpointId: input.id });
    return { type: "endpoint", id: input.id, supplierId: before.supplierId };
  };
  const { comment, once } = input;
  const what = { action, subject, comment, ...(once && { once }) };
  return await change(ctx, what, async (tx): Promise<Changed<T>> => {
    if (!before) throw new Error("the endpoint was not loaded");
    const { etag } = await requireEndpoint(tx, input.id);
    requireEtag(input.etag, etag, "endpoint-changed");
    const { set, also = [], give } = await decide(tx, before);
    const [after] = await tx.update(endpoints).set(set).where(eq(endpoints.id, input.id)).returning();
    const result = give(await requireEndpoint(tx, input.id));
    if (!after || JSON.stringify(after) === JSON.stringify(before)) return changedBy(result, also);
    const [was, is] = [withoutSecrets(before), withoutSecrets(after)];
    const entry = { subjectType: "endpoint", subjectId: input.id, before: was, after: is };
    return { result, entries: [entry, ...also] };
  });
}
