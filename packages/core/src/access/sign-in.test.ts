import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import { testDatabase } from "../testing/index.ts";
import { type Auth, createAuth, type SessionCookie } from "./auth.ts";
import { credentialChanged } from "./credential-changed.ts";
import { deactivateUser } from "./deactivate.ts";
import { createDemoUser } from "./demo-accounts.ts";
import { deviceCookie, knownDevice } from "./known-devices.ts";
import { claimAttempt } from "./login-throttle.ts";
import { findSession, listOwnSessions, revokeOtherSessions, revokeOwnSession, signOut } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { accountMails, sessions } from "./tables.ts";

const now = () => new Date();
const password = "en lang sætning til test";
const secret = "0123456789abcdef0123456789abcdef";
const minutes = (count: number) => new Date(Date.now() + count * 60_000);

async function withUser(baseUrl = "http://127.0.0.1:3000"): Promise<{ auth: Auth; userId: string }> {
  const db = await testDatabase();
  const { userId } = await addUser(db, "anna");
  return { auth: createAuth(db, { baseUrl, secret }), userId };
}

async function addUser(db: Database, username: string): Promise<{ userId: string }> {
  const ctx = createContext(db, { kind: "system", job: "test" }, now());
  return await createDemoUser(ctx, {
    username,
    password,
    name: "Anna Holm",
    email: `${username}@example.org`,
    supplierId: null,
    role: "authority",
    scope: { kind: "all" },
  });
}

const cookieHeader = (cookies: readonly SessionCookie[]) =>
  new Headers({ cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join("; ") });
const from = (address: string, headers = new Headers()) => ({ headers, address });

async function signedIn(auth: Auth, headers?: Headers) {
  const answer = await signIn(auth, { username: "anna", password }, from("192.0.2.1", headers), now());
  if (answer.outcome !== "signed-in") throw new Error(answer.outcome);
  return answer;
}

const changed = (auth: Auth, userId: string) =>
  auth.db.transaction((tx) => credentialChanged(tx, userId, now()));

test("a login sets HttpOnly, SameSite=Lax session cookies, Secure with https only", async () => {
  const { auth, userId } = await withUser();
  const answer = await signedIn(auth);
  expect(answer.actor).toMatchObject({ kind: "user", id: userId, grants: [{ role: "authority" }] });
  const cookie = answer.cookies.find(({ name }) => name === "sor.session_token");
  expect(cookie).toMatchObject({ httpOnly: true, secure: false, sameSite: "lax", path: "/" });
  const session = await findSession(auth, cookieHeader(answer.cookies), now());
  expect(session).toMatchObject({ username: "anna", actor: { id: userId } });
  expect(await findSession(auth, cookieHeader(answer.cookies), minutes(13 * 60))).toBeUndefined();

  const secure = createAuth(auth.db, { baseUrl: "https://sor.example.org", secret });
  const again = await signedIn(secure);
  expect(again.cookies.every((one) => one.secure && one.name.startsWith("__Secure-"))).toBe(true);
  expect(await findSession(secure, cookieHeader(again.cookies), now())).toBeDefined();
});

test("a login from a browser that the user has not used before is told by mail, but the first of all is not", async () => {
  const { auth, userId } = await withUser();
  const mails = async () =>
    await auth.db
      .select({ userId: accountMails.userId, kind: accountMails.kind, details: accountMails.details })
      .from(accountMails);
  const { cookies } = await signedIn(auth);
  await signedIn(auth, cookieHeader(cookies));
  expect(await mails()).toEqual([]);
  await changed(auth, userId);
  await signedIn(auth, cookieHeader(cookies));
  expect(await mails()).toEqual([]);
  await signedIn(auth);
  expect(await mails()).toEqual([
    {
      userId,
      kind: "new-browser",
      details: { address: "192.0.2.1", at: expect.stringMatching(/\d kl\. \d/) },
    },
  ]);
});

test("a cookie with an invalid signature gives no session", async () => {
  const { auth } = await withUser();
  const { cookies } = await signedIn(auth);
  const forged = cookies.map((cookie) => ({ ...cookie, value: `x${cookie.value.slice(1)}` }));
  expect(await findSession(auth, cookieHeader(forged), now())).toBeUndefined();
  const other = createAuth(auth.db, { baseUrl: "http://127.0.0.1:3000", secret: secret.toUpperCase() });
  expect(await findSession(other, cookieHeader(cookies), now())).toBeUndefined();
});

test("a session planted before the login is ended by it, and the new one has another token", async () => {
  const { auth } = await withUser();
  const planted = await signedIn(auth);
  const victim = await signedIn(auth, cookieHeader(planted.cookies));
  expect(victim.cookies[0]?.value).not.toBe(planted.cookies[0]?.value);
  expect(await findSession(auth, cookieHeader(planted.cookies), now())).toBeUndefined();
  expect(await findSession(auth, cookieHeader(victim.cookies), now())).toBeDefined();
});

test("sessions are listed, and ended individually, all others, or by logging out", async () => {
  const { auth } = await withUser();
  const headers = await Promise.all([1, 2, 3].map(async () => cookieHeader((await signedIn(auth)).cookies)));
  const [first, second, third] = await Promise.all(headers.map((one) => findSession(auth, one, now())));
  if (!first || !second || !third) throw new Error("three sessions stand");
  const listed = await listOwnSessions(auth, first, now());
  expect(listed.map((one) => one.isCurrent).filter(Boolean)).toHaveLength(1);
  expect(listed).toHaveLength(3);
  expect(listed[0]?.address).toBe("192.0.2.1");

  await revokeOwnSession(auth, first, second.id);
  expect(await findSession(auth, headers[1] as Headers, now())).toBeUndefined();
  await addUser(auth.db, "other");
  const stranger = await signIn(auth, { username: "other", password }, from("192.0.2.7"), now());
  if (stranger.outcome !== "signed-in") throw new Error(stranger.outcome);
  const strange = await findSession(auth, cookieHeader(stranger.cookies), now());
  await expect(revokeOwnSession(auth, first, strange?.id ?? "")).rejects.toMatchObject({ code: "not-found" });

  expect(await revokeOtherSessions(auth, first)).toBe(1);
  expect(await findSession(auth, headers[2] as Headers, now())).toBeUndefined();
  const removed = await signOut(auth, headers[0] as Headers);
  expect(removed.find(({ name }) => name === "sor.session_token")).toMatchObject({ value: "", maxAge: 0 });
  expect(await auth.db.select().from(sessions)).toHaveLength(1);
});

test("logins and failures are journalled without the password or the typed user name", async () => {
  const { auth, userId } = await withUser();
  await signedIn(auth);
  await signIn(auth, { username: "anna", password: "a wrong password" }, from("192.0.2.1"), now());
  await signIn(auth, { username: "hemmelig kode", password }, from("192.0.2.1"), now());
  const [unknown, wrong, done] = await listJournal(auth.db, { limit: 3 });
  expect(done).toMatchObject({ action: "login", outcome: "done", actorId: userId, subjectId: userId });
  expect(wrong).toMatchObject({ outcome: "refused", actorKind: "anonymous", subjectId: userId });
  expect(unknown).toMatchObject({ outcome: "refused", subjectId: "unknown" });
  expect(JSON.stringify(await listJournal(auth.db, { limit: 10 }))).not.toMatch(/hemmelig|wrong password/);
});

test("20 wrong passwords lock a network out of a user name, even with the correct one; a known browser there passes", async () => {
  const { auth } = await withUser();
  const known = cookieHeader((await signedIn(auth)).cookies);
  const [network, elsewhere] = ["192.0.2.1", "198.51.100.1"];
  const attempt = (text: string, address: string, at = now(), headers = new Headers()) =>
    signIn(auth, { username: "anna", password: text }, from(address, headers), at);
  for (let n = 1; n < 20; n += 1) await claimAttempt(auth.db, { username: "anna", address: network }, now());
  expect(await attempt("a wrong password", network)).toEqual({ outcome: "wrong" });
  const locked = await attempt(password, network);
  if (locked.outcome !== "locked") throw new Error(locked.outcome);
  expect(locked.until.getTime() - Date.now()).toBeGreaterThan(14 * 60_000);
  const otherProcess = createAuth(auth.db, { baseUrl: "http://127.0.0.1:3000", secret });
  const there = await signIn(otherProcess, { username: " ANNA ", password }, from(network), minutes(10));
  expect(there).toEqual(locked);
  expect(await attempt(password, network, now(), known)).toMatchObject({ outcome: "signed-in" });
  expect(await attempt(password, elsewhere)).toMatchObject({ outcome: "signed-in" });
  expect(await attempt(password, network, minutes(16))).toMatchObject({ outcome: "signed-in" });
});

test("a browser is known to its users by a signed cookie, until their credential changes", async () => {
  const { auth, userId } = await withUser();
  const other = await addUser(auth.db, "other");
  const user = { id: userId, credentialVersion: 0 };
  const mine = cookieHeader((await signedIn(auth)).cookies);
  const device = knownDevice(auth, mine, user);
  expect(device).toBeDefined();
  expect(knownDevice(auth, mine, { id: other.userId, credentialVersion: 0 })).toBeUndefined();
  expect(knownDevice(auth, mine, { ...user, credentialVersion: 1 })).toBeUndefined();
  const both = cookieHeader([deviceCookie(auth, mine, { id: other.userId, credentialVersion: 0 })]);
  expect(knownDevice(auth, both, user)).toBe(device);
  const forged = new Headers({ cookie: (both.get("cookie") ?? "").replace(/device=./, "device=x") });
  expect(knownDevice(auth, forged, user)).toBeUndefined();
  const elsewhere = createAuth(auth.db, { baseUrl: "http://127.0.0.1:3000", secret: secret.toUpperCase() });
  expect(knownDevice(elsewhere, both, user)).toBeUndefined();
});

test("a deactivated user is logged out at once and gets the same answer as an unknown one", async () => {
  const { auth, userId } = await withUser();
  await addUser(auth.db, "second");
  const { cookies } = await signedIn(auth);
  await deactivateUser(createContext(auth.db, { kind: "system", job: "test" }, now()), userId);
  expect(await findSession(auth, cookieHeader(cookies), now())).toBeUndefined();
  const answer = await signIn(auth, { username: "anna", password }, from("192.0.2.1"), now());
  expect(answer).toEqual({ outcome: "wrong" });
  expect(await auth.db.select().from(sessions)).toEqual([]);
});

test("an unknown user name takes a password check like a known one, so that timing does not reveal names", async () => {
  const { auth } = await withUser();
  // CPU time is independent of machine load; a skipped check would take a fiftieth.
  const measure = async (username: string) => {
    const start = process.cpuUsage();
    for (let n = 0; n < 3; n += 1) {
      await signIn(auth, { username, password: "a wrong password" }, from(`192.0.2.${n}`), now());
    }
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  await measure("warm-up");
  const known = await measure("anna");
  expect((await measure("nobody")) / known).toBeGreaterThan(0.4);
  expect((await measure("'; --")) / known).toBeGreaterThan(0.4);
});

test.each(["'; drop table users; --", "anna' or '1'='1", "\u0000", "a".repeat(100)])(
  "hostile text as user name is just a wrong login: %j",
  async (text) => {
    const { auth } = await withUser();
    const answer = await signIn(auth, { username: text, password: text }, from(text), now());
    expect(answer).toEqual({ outcome: "wrong" });
    expect(await signedIn(auth)).toBeDefined();
  },
);
