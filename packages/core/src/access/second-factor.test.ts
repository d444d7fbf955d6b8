import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { listJournal } from "../journal/index.ts";
import { aUser, testDatabase } from "../testing/index.ts";
import { createAuth, hashOfPassword, type SessionCookie } from "./auth.ts";
import { knownDevice } from "./known-devices.ts";
import { claimAttempt } from "./login-throttle.ts";
import { SecondFactorCode } from "./schemas.ts";
import {
  confirmSecondFactor,
  countBackupCodes,
  prepareSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
} from "./second-factor.ts";
import { findSession } from "./sessions.ts";
import { signIn, signInWithCode } from "./sign-in.ts";
import { accountMails, twoFactors } from "./tables.ts";
import { codeOfStep, fromBase32, stepAt } from "./totp.ts";

const password = "en lang sætning til test";
/** The authenticator's code now, or `steps` half minutes later: each code is accepted once. */
const codeFor = (uri: string, steps = 0) =>
  codeOfStep(fromBase32(new URL(uri).searchParams.get("secret") ?? ""), stepAt(new Date()) + steps);

const headersOf = (cookies: readonly SessionCookie[]) =>
  new Headers({ cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") });

const address = "192.0.2.1";

/** A user who can log in, and their first session. */
async function anna() {
  const db = await testDatabase();
  const passwordHash = await hashOfPassword(password);
  await aUser(db, "anna", { role: "authority", scope: { kind: "all" }, passwordHash });
  const secret = "0123456789abcdef0123456789abcdef";
  const auth = createAuth(db, { baseUrl: "http://127.0.0.1:3000", secret });
  const logIn = () =>
    signIn(auth, { username: "anna", password }, { headers: new Headers(), address }, new Date());
  const ownWith = async (cookies: readonly SessionCookie[]) => {
    const headers = headersOf(cookies);
    const session = await findSession(auth, headers, new Date());
    if (!session) throw new Error("the session stands");
    return { session, headers, address };
  };
  const first = await logIn();
  if (first.outcome !== "signed-in") throw new Error(first.outcome);
  return { db, auth, logIn, ownWith, own: await ownWith(first.cookies) };
}

test("a second factor is enabled by its first code; from then on the password alone is not enough", async () => {
  const { db, auth, logIn, own } = await anna();
  await expect(prepareSecondFactor(auth, own, "wrong password", new Date())).rejects.toMatchObject({
    code: "invalid",
  });
  const { uri, backupCodes } = await prepareSecondFactor(auth, own, password, new Date());
  expect(backupCodes.length).toBeGreaterThan(0);
  expect(await logIn()).toMatchObject({ outcome: "signed-in" });
  await expect(confirmSecondFactor(auth, own, "000000", new Date())).rejects.toMatchObject({
    code: "invalid",
  });
  await confirmSecondFactor(auth, own, codeFor(uri), new Date());
  expect((await listJournal(db, { limit: 1 }))[0]).toMatchObject({ action: "second-factor.on" });
  const secret = new URL(uri).searchParams.get("secret") ?? "no secret";
  expect(JSON.stringify(await db.select().from(twoFactors))).not.toContain(secret);

  const half = await logIn();
  if (half.outcome !== "second-factor") throw new Error(half.outcome);
  expect(await findSession(auth, headersOf(half.cookies), new Date())).toBeUndefined();
  const request = { headers: headersOf(half.cookies), address };
  expect(await signInWithCode(auth, "000000", request, new Date())).toEqual({ outcome: "wrong" });
  const spent = await signInWithCode(auth, codeFor(uri), request, new Date());
  expect(spent, "the code that switched it on").toEqual({ outcome: "wrong" });
  const whole = await signInWithCode(auth, codeFor(uri, 1), request, new Date());
  if (whole.outcome !== "signed-in") throw new Error(whole.outcome);
  expect(await findSession(auth, headersOf(whole.cookies), new Date())).toBeDefined();
});

test("a backup code logs in once in place of a lost authenticator; new codes invalidate the old", async () => {
  const { db, auth, logIn, ownWith, own } = await anna();
  expect(await countBackupCodes(auth, own.session)).toBeNull();
  await expect(renewBackupCodes(auth, own, password, new Date())).rejects.toMatchObject({ code: "conflict" });
  const { uri, backupCodes } = await prepareSecondFactor(auth, own, password, new Date());
  const cookies = await confirmSecondFactor(auth, own, codeFor(uri), new Date());
  const after = await ownWith(cookies);
  await expect(prepareSecondFactor(auth, after, password, new Date())).rejects.toMatchObject({
    code: "conflict",
  });
  const [code = ""] = backupCodes;
  const withKept = async (kept: string) => {
    const half = await logIn();
    if (half.outcome !== "second-factor") throw new Error(half.outcome);
    return await signInWithCode(auth, kept, { headers: headersOf(half.cookies), address }, new Date());
  };
  expect(await withKept(code)).toMatchObject({ outcome: "signed-in" });
  expect(await withKept(code)).toEqual({ outcome: "wrong" });
  expect(await countBackupCodes(auth, after.session)).toBe(backupCodes.length - 1);
  const fresh = await renewBackupCodes(auth, after, password, new Date());
  expect(await withKept(backupCodes[1] ?? "")).toEqual({ outcome: "wrong" });
  expect(await withKept(fresh[0] ?? "")).toMatchObject({ outcome: "signed-in" });
  const stored = JSON.stringify(await db.select().from(twoFactors));
  for (const kept of [...backupCodes, ...fresh]) expect(stored).not.toContain(kept);
});

test("a second factor is disabled with the password, whose failures are counted; then the password is enough", async () => {
  const { db, auth, logIn, ownWith, own } = await anna();
  const { uri } = await prepareSecondFactor(auth, own, password, new Date());
  const cookies = await confirmSecondFactor(auth, own, codeFor(uri), new Date());
  const after = await ownWith(cookies);
  const wrong = () => removeSecondFactor(auth, after, "wrong password", new Date());
  await expect(wrong()).rejects.toMatchObject({ code: "invalid", details: { field: "password" } });
  expect((await logIn()).outcome).toBe("second-factor");
  await removeSecondFactor(auth, after, password, new Date());
  expect((await listJournal(db, { limit: 2 }))[0]).toMatchObject({ action: "second-factor.off" });
  expect((await logIn()).outcome).toBe("signed-in");
  const again = await ownWith(cookies).catch(() => undefined);
  expect(again).toBeUndefined();
});

test("guessing the password of an open session is locked out like logging in", async () => {
  const { auth, own } = await anna();
  const ask = (text: string) => prepareSecondFactor(auth, own, text, new Date());
  await expect(ask("wrong password")).rejects.toMatchObject({ code: "invalid" });
  const device = knownDevice(auth, own.headers, { id: own.session.actor.id, credentialVersion: 0 });
  while (!(await claimAttempt(auth.db, { username: "anna", address, device }, new Date())));
  await expect(ask(password)).rejects.toMatchObject({ code: "too-many" });
});

test("a code works for one of two concurrent logins, and an earlier code not after it", async () => {
  const { auth, logIn, own } = await anna();
  const { uri } = await prepareSecondFactor(auth, own, password, new Date());
  expect(new URL(uri).searchParams.get("secret")).toMatch(/^[A-Z2-7]{32}$/);
  await confirmSecondFactor(auth, own, codeFor(uri, -1), new Date());
  const halves = await Promise.all([logIn(), logIn(), logIn()]);
  const enter = async (half: (typeof halves)[number] | undefined, code: string) => {
    if (half?.outcome !== "second-factor") throw new Error(half?.outcome);
    return (await signInWithCode(auth, code, { headers: headersOf(half.cookies), address }, new Date()))
      .outcome;
  };
  const code = codeFor(uri, 1);
  const both = await Promise.all(halves.slice(0, 2).map((half) => enter(half, code)));
  expect(both.toSorted()).toEqual(["signed-in", "wrong"]);
  expect(await enter(halves[2], codeFor(uri))).toBe("wrong");
});

test("backup codes are accepted in either case and without hyphen, and contain no easily confused characters", async () => {
  const { auth, logIn, own } = await anna();
  const { uri, backupCodes } = await prepareSecondFactor(auth, own, password, new Date());
  for (const code of backupCodes) expect(code).toMatch(/^[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}$/);
  await confirmSecondFactor(auth, own, codeFor(uri), new Date());
  for (const typed of [backupCodes[0]?.toUpperCase(), backupCodes[1]?.replace("-", "")]) {
    const half = await logIn();
    if (half.outcome !== "second-factor") throw new Error(half.outcome);
    const request = { headers: headersOf(half.cookies), address };
    const answer = await signInWithCode(auth, SecondFactorCode.parse(typed), request, new Date());
    expect(answer.outcome, typed).toBe("signed-in");
  }
});

test("wrong codes after a correct password are journalled, and the user gets one mail", async () => {
  const { db, auth, logIn, own } = await anna();
  const { uri } = await prepareSecondFactor(auth, own, password, new Date());
  await confirmSecondFactor(auth, own, codeFor(uri), new Date());
  const mails = () => db.$count(accountMails, eq(accountMails.kind, "codes-refused"));
  for (let login = 0; login < 3; login += 1) {
    const half = await logIn();
    if (half.outcome !== "second-factor") throw new Error(half.outcome);
    const request = { headers: headersOf(half.cookies), address };
    for (let n = 0; n < 4; n += 1) await signInWithCode(auth, "000000", request, new Date());
    const [entry] = await listJournal(db, { limit: 1 });
    expect(entry).toMatchObject({
      action: "login.code",
      outcome: "refused",
      subjectId: own.session.actor.id,
    });
    expect(await mails()).toBe(1);
  }
  const half = await logIn();
  if (half.outcome !== "second-factor") throw new Error(half.outcome);
  const request = { headers: headersOf(half.cookies), address };
  expect(await signInWithCode(auth, codeFor(uri, 1), request, new Date())).toMatchObject({
    outcome: "locked",
  });
});
