import { aliasedTable, asc, eq, isNull } from "drizzle-orm";
import { type ChangedSubject, type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Actor, Grant, GrantScope, Role } from "../permissions/index.ts";
import { putAccountMail, tellAdministrators } from "./account-mails.ts";
import { columnsOfScope, scopeOfColumns } from "./scope-columns.ts";
import { aboutUser, maySeeUsers } from "./subjects.ts";
import { grantRequests, grants, users } from "./tables.ts";

/** A role that waits for approval by a second person. */
export type GrantRequest = {
  id: string;
  user: { id: string; username: string; name: string; email: string };
  role: Role;
  scope: GrantScope;
  validTo: Date | null;
  requestedBy: { id: string; name: string };
  requestedAt: Date;
};

type Person = Actor & { kind: "user" };
type Row = typeof grantRequests.$inferSelect;

const shownMost = 200;

/** Records a request to grant a user a role; possible approvers are notified by mail. */
export async function requestGrant(
  tx: Transaction,
  asker: Pick<Person, "id" | "name">,
  wanted: Grant & { userId: string },
  now: Date,
): Promise<{ requestId: string; entry: ChangedSubject }> {
  const { userId, role, scope, validFrom, validTo } = wanted;
  const id = newId();
  await tx.insert(grantRequests).values({
    ...{ id, userId, role, ...columnsOfScope(scope), validFrom, validTo },
    ...{ requestedBy: asker.id, requestedAt: now },
  });
  const [user] = await tx.select().from(users).where(eq(users.id, userId));
  const details = { role, name: user?.name ?? "", by: asker.name };
  await tellAdministrators(
    tx,
    { of: null, kind: "role-requested", details, except: [asker.id, userId] },
    now,
  );
  const after = { request: id, role, scope, validFrom, validTo };
  return { requestId: id, entry: { subjectType: "user", subjectId: userId, after } };
}

/** The roles that wait for a second person, oldest first, for the authority; at most 200. Throws `not-allowed`. */
export async function listGrantRequests(ctx: Context): Promise<GrantRequest[]> {
  if (!maySeeUsers(ctx, undefined)) {
    throw new DomainError("not-allowed", "no-right-to-requests", { action: "user.edit" });
  }
  const askers = aliasedTable(users, "askers");
  const rows = await ctx.db
    .select({ request: grantRequests, user: users, asker: askers })
    .from(grantRequests)
    .innerJoin(users, eq(users.id, grantRequests.userId))
    .innerJoin(askers, eq(askers.id, grantRequests.requestedBy))
    .where(isNull(grantRequests.decidedAt))
    .orderBy(asc(grantRequests.requestedAt))
    .limit(shownMost);
  return rows.map(({ request, user, asker }) => ({
    id: request.id,
    user: { id: user.id, username: user.username, name: user.name, email: user.email },
    role: request.role,
    scope: scopeOfColumns(request),
    validTo: request.validTo,
    requestedBy: { id: asker.id, name: asker.name },
    requestedAt: request.requestedAt,
  }));
}

async function lockRequest(tx: Transaction, requestId: string): Promise<Row> {
  const [row] = await tx.select().from(grantRequests).where(eq(grantRequests.id, requestId)).for("update");
  if (!row) throw new DomainError("not-found", "no-such-request", { requestId });
  return row;
}

const isOpen = (row: Row) => row.decidedAt === null;
const decided = () => new DomainError("conflict", "request-decided", { fault: "already-decided" });

function changeOf(ctx: Context, requestId: string) {
  const given: { role: Role; scope: GrantScope }[] = [];
  const receiver = async (tx: Transaction) => {
    const row = await lockRequest(tx, requestId);
    given.push({ role: row.role, scope: scopeOfColumns(row) });
    return row.userId;
  };
  return { action: "role.grant", ...aboutUser(ctx, receiver, { also: given }) } as const;
}

/**
 * Approves the role as the second person; the receiver is notified by mail. Throws `conflict`: `second-person-needed` for the
 * requester, `already-decided`; `not-allowed` also for the receiver.
 */
export async function approveGrant(ctx: Context, requestId: string): Promise<{ grantId: string }> {
  return await change(ctx, changeOf(ctx, requestId), async (tx) => {
    const row = await lockRequest(tx, requestId);
    if (!isOpen(row)) throw decided();
    const { actor, now } = ctx;
    if (actor.kind !== "user" || actor.id === row.requestedBy) {
      throw new DomainError("conflict", "another-approves", { fault: "second-person-needed" });
    }
    const { userId, role, scopeKind, scopeSorId, scopeGlns, scopeSupplierId, validTo } = row;
    const validFrom = new Date(Math.max(row.validFrom.getTime(), now.getTime()));
    const scope = { scopeKind, scopeSorId, scopeGlns, scopeSupplierId };
    const grantId = newId();
    await tx.insert(grants).values({ id: grantId, userId, role, ...scope, validFrom, validTo });
    await decide(tx, row, { actor, outcome: "approved" }, now);
    await putAccountMail(tx, { userId, kind: "role-given", details: { role, by: actor.name } }, now);
    const after = { grant: grantId, role, scope: scopeOfColumns(row), validFrom, validTo };
    const before = { request: row.id, requestedBy: row.requestedBy };
    return { result: { grantId }, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}

/** Declines a requested role, or withdraws one's own request. Throws `conflict` with `already-decided`. */
export async function declineGrant(ctx: Context, requestId: string): Promise<void> {
  await change(ctx, changeOf(ctx, requestId), async (tx) => {
    const row = await lockRequest(tx, requestId);
    if (!isOpen(row)) throw decided();
    if (ctx.actor.kind !== "user") throw new Error("a person declines");
    await decide(tx, row, { actor: ctx.actor, outcome: "declined" }, ctx.now);
    const [before, after] = [
      { request: row.id, role: row.role },
      { request: row.id, declined: true },
    ];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: row.userId, before, after }] };
  });
}

async function decide(
  tx: Transaction,
  row: Row,
  by: { actor: Person; outcome: "approved" | "declined" },
  now: Date,
): Promise<void> {
  const set = { decidedBy: by.actor.id, decidedAt: now, outcome: by.outcome };
  await tx.update(grantRequests).set(set).where(eq(grantRequests.id, row.id));
}
