import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { listJournal } from "../journal/index.ts";
import type { GrantScope, Role } from "../permissions/index.ts";
import { aUser, aWorldOfVendors } from "../testing/index.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { approveGrant, declineGrant, listGrantRequests } from "./grant-requests.ts";
import { grantRole, revokeGrant } from "./grant-role.ts";
import { inviteUser } from "./invite-user.ts";
import { loadGrants } from "./load-user.ts";
import { accountMails } from "./tables.ts";

const now = new Date("2026-03-01T10:00:00Z");
const all: GrantScope = { kind: "all" };

/** Two administrators of the authority, a vendor's administrator, and a user of the vendor. */
async function world() {
  const made = await aWorldOfVendors(now);
  const { db, ours, inOurs } = made;
  const second = await aUser(db, "second", { role: "authority", scope: all }, now);
  const bo = await aUser(db, "bo.berg", { role: "reader", scope: inOurs, supplierId: ours }, now);
  const wanted = (role: Role, scope: GrantScope) =>
    ({ userId: bo.userId, role, scope: scope as never, validFrom: now, validTo: null }) as const;
  const heldBy = async (userId: string) => (await loadGrants(db, userId, now)).map(({ role }) => role);
  const mailsOf = (kind: "role-requested" | "role-given" | "colleague-added") =>
    db.select().from(accountMails).where(eq(accountMails.kind, kind));
  return { ...made, second, bo, wanted, heldBy, mailsOf };
}

test.each<[string, Role, GrantScope | "theirs"]>([
  ["at another vendor than the user's", "vendor-editor", "theirs"],
  ["of the authority", "authority", all],
  ["of a region", "region", { kind: "subtree", sorId: "x" }],
  ["of a reader of everything", "reader", all],
])("a single person of the authority cannot grant a role %s", async (_, role, scope) => {
  const { authority, wanted, inTheirs, inOurs, heldBy, bo } = await world();
  const given = await grantRole(authority.ctx, wanted(role, scope === "theirs" ? inTheirs : scope));
  expect(given).toHaveProperty("requestId");
  expect(await heldBy(bo.userId)).toEqual(["reader"]);
  expect(await grantRole(authority.ctx, wanted("vendor-editor", inOurs))).toHaveProperty("grantId");
});

test("a second person, notified by mail, approves a role, and never the requester or the receiver", async () => {
  const { db, authority, second, admin, bo, wanted, heldBy, mailsOf } = await world();
  const given = await grantRole(authority.ctx, wanted("region", { kind: "subtree", sorId: "x" }));
  const id = "requestId" in given ? given.requestId : "";
  expect((await mailsOf("role-requested")).map(({ userId }) => userId)).toEqual([second.userId]);
  const fault = (name: string) => ({ details: { fault: name } });
  await expect(approveGrant(authority.ctx, id)).rejects.toMatchObject(fault("second-person-needed"));
  await expect(approveGrant(bo.ctx, id)).rejects.toMatchObject({ code: "not-found" });
  await expect(approveGrant(admin.ctx, id)).rejects.toMatchObject({ code: "not-allowed" });
  expect(await listGrantRequests(second.ctx)).toMatchObject([
    { id, role: "region", user: { username: "bo.berg" }, requestedBy: { name: "authority" } },
  ]);
  await expect(listGrantRequests(admin.ctx)).rejects.toMatchObject({ code: "not-allowed" });
  const twice = await Promise.allSettled([approveGrant(second.ctx, id), approveGrant(second.ctx, id)]);
  expect(twice.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await heldBy(bo.userId)).toEqual(["reader", "region"]);
  expect((await mailsOf("role-given")).map(({ userId }) => userId)).toEqual([bo.userId]);
  expect(await listGrantRequests(second.ctx)).toEqual([]);
  const [entry] = (await listJournal(db, { limit: 5 })).filter(({ outcome }) => outcome === "done");
  expect(entry).toMatchObject({ action: "role.grant", actorId: second.userId, subjectId: bo.userId });
});

test("the future holder of the authority role cannot approve it, even while holding it temporarily", async () => {
  const { authority, second, wanted } = await world();
  const given = await grantRole(authority.ctx, { ...wanted("reader", all), userId: second.userId });
  const id = "requestId" in given ? given.requestId : "";
  await expect(approveGrant(second.ctx, id)).rejects.toMatchObject({ code: "not-allowed" });
});

test("a declined request grants nothing, and the requester may withdraw it", async () => {
  const { authority, second, bo, wanted, heldBy } = await world();
  for (const { ctx } of [second, authority]) {
    const given = await grantRole(authority.ctx, wanted("reader", all));
    const id = "requestId" in given ? given.requestId : "";
    await declineGrant(ctx, id);
    await expect(approveGrant(second.ctx, id)).rejects.toMatchObject({
      details: { fault: "already-decided" },
    });
  }
  expect(await heldBy(bo.userId)).toEqual(["reader"]);
});

test("an invitation to a role outside one vendor creates an account that waits for the role", async () => {
  const { db, authority, second, heldBy } = await world();
  const who = { username: "ny.region", name: "Ny", email: "ny@example.org", supplierId: null };
  const { token } = await inviteUser(authority.ctx, { ...who, role: "reader", scope: { kind: "all" } });
  const { userId } = await acceptInvitation(db, { token, password: "en lang sætning til test" }, now);
  expect(await heldBy(userId)).toEqual([]);
  const [request] = await listGrantRequests(second.ctx);
  expect(request).toMatchObject({ user: { id: userId }, requestedBy: { id: authority.userId } });
  await expect(approveGrant(authority.ctx, request?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
  const { grantId } = await approveGrant(second.ctx, request?.id ?? "");
  expect(await heldBy(userId)).toEqual(["reader"]);
  await revokeGrant(authority.ctx, grantId);
  expect(await heldBy(userId)).toEqual([]);
});

test("a vendor's administrators are notified by mail when somebody else adds a user there", async () => {
  const { db, ours, inOurs, authority, admin, mailsOf } = await world();
  const who = { username: "ny.kollega", name: "Ny Kollega", email: "ny@example.org", supplierId: ours };
  const invited = { ...who, role: "vendor-administrator" as const, scope: inOurs as never };
  const { token } = await inviteUser(authority.ctx, invited);
  await acceptInvitation(db, { token, password: "en lang sætning til test" }, now);
  expect(await mailsOf("colleague-added")).toMatchObject([
    { userId: admin.userId, details: { name: "Ny Kollega", by: "authority" } },
  ]);
});
