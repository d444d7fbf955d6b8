import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { listJournal } from "../journal/index.ts";
import type { GrantScope } from "../permissions/index.ts";
import { aUser, aWorldOfVendors } from "../testing/index.ts";
import { acceptInvitation, getOpenInvitation } from "./accept-invitation.ts";
import { createAuth, hashOfPassword } from "./auth.ts";
import { deactivateSupplier, reactivateSupplier } from "./deactivate.ts";
import { invitePasswordReset, inviteUser } from "./invite-user.ts";
import { actorForUserId } from "./load-user.ts";
import { findSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { accounts, sessions } from "./tables.ts";

const now = new Date();
const password = "en lang sætning til test";
const all: GrantScope = { kind: "all" };

async function aWorld() {
  const world = await aWorldOfVendors(now);
  const { db, admin, stranger } = world;
  const hash = await hashOfPassword(password);
  for (const { userId } of [admin, stranger])
    await db.update(accounts).set({ password: hash }).where(eq(accounts.userId, userId));
  const auth = createAuth(db, {
    baseUrl: "http://127.0.0.1:3000",
    secret: "0123456789abcdef0123456789abcdef",
  });
  const logIn = (username: string, text = password) =>
    signIn(auth, { username, password: text }, { headers: new Headers(), address: "192.0.2.1" }, now);
  const session = async (username: string) => {
    const answer = await logIn(username);
    if (answer.outcome !== "signed-in") throw new Error(answer.outcome);
    const cookie = answer.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    return () => findSession(auth, new Headers({ cookie }), now);
  };
  return { ...world, logIn, session };
}

test("the users of a deactivated vendor are signed out for good, and told why when they sign in with the right password", async () => {
  const { db, ours, authority, admin, stranger, logIn, session } = await aWorld();
  const [mine, theirs] = [await session("admin"), await session("stranger")];
  await deactivateSupplier(authority.ctx, ours);
  expect(await mine()).toBeUndefined();
  expect(await db.$count(sessions, eq(sessions.userId, admin.userId))).toBe(0);
  expect(await actorForUserId(db, admin.userId, now)).toBeUndefined();
  expect(await logIn("admin")).toEqual({ outcome: "vendor-deactivated" });
  expect(await logIn("admin", "a wrong password")).toEqual({ outcome: "wrong" });
  expect((await listJournal(db, { limit: 1 }))[0]).toMatchObject({ action: "login", outcome: "refused" });
  expect(await theirs()).toMatchObject({ actor: { id: stranger.userId } });

  await reactivateSupplier(authority.ctx, ours);
  expect(await mine()).toBeUndefined();
  expect(await (await session("admin"))()).toMatchObject({ actor: { id: admin.userId } });
});

test("a session is refused at its next request however the vendor came to be deactivated", async () => {
  const { db, ours, session } = await aWorld();
  const mine = await session("admin");
  await db.$client.query("update suppliers set is_active = false where id = $1", [ours]);
  expect(await mine()).toBeUndefined();
});

test("the links of a deactivated vendor do not work", async () => {
  const { db, ours, inOurs, authority, admin } = await aWorld();
  const invited = { username: "bo.b", name: "Bo", email: "bo@example.org", supplierId: ours };
  const { token } = await inviteUser(admin.ctx, { ...invited, role: "reader", scope: inOurs as never });
  const reset = await invitePasswordReset(authority.ctx, admin.userId);
  await deactivateSupplier(authority.ctx, ours);
  const refused = { code: "gone", details: { why: "vendor-deactivated" } };
  await expect(getOpenInvitation(db, token, now)).rejects.toMatchObject(refused);
  await expect(acceptInvitation(db, { token, password }, now)).rejects.toMatchObject(refused);
  await expect(acceptInvitation(db, { token: reset.token, password }, now)).rejects.toMatchObject({
    code: "gone",
  });
  await reactivateSupplier(authority.ctx, ours);
  expect(await getOpenInvitation(db, token, now)).toMatchObject({ username: "bo.b" });
});

test("only the authority deactivates a vendor, once, and not the one that its last administrator belongs to", async () => {
  const { db, ours, theirs, authority, admin } = await aWorld();
  await expect(deactivateSupplier(admin.ctx, ours)).rejects.toMatchObject({ code: "not-allowed" });
  await expect(reactivateSupplier(admin.ctx, ours)).rejects.toMatchObject({ code: "not-allowed" });
  await deactivateSupplier(authority.ctx, ours);
  const [entry] = await listJournal(db, { limit: 1 });
  expect(entry).toMatchObject({ subjectType: "supplier", subjectId: ours, after: { isActive: false } });
  await deactivateSupplier(authority.ctx, ours);
  expect((await listJournal(db, { limit: 1 }))[0]?.sequence).toBe(entry?.sequence);

  await aUser(db, "second", { role: "authority", scope: all, supplierId: theirs }, now);
  await db.$client.query("update users set deactivated_at = now() where id = $1", [authority.userId]);
  const system = createContext(db, { kind: "system", job: "test" }, now);
  await expect(deactivateSupplier(system, theirs)).rejects.toMatchObject({ code: "conflict" });
});
