import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { listJournal } from "../journal/index.ts";
import { aUser, testDatabase } from "../testing/index.ts";
import { createAuth, hashOfPassword, type SessionCookie } from "./auth.ts";
import { failuresMax } from "./login-throttle.ts";
import {
  confirmSecondFactor,
  countBackupCodes,
  prepareSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
} from "./second-factor.ts";
import { findSession } from "./sessions.ts";
import { signIn, signInWithCode } from "./sign-in.ts";
import { twoFactors } from "./tables.ts";

const password = "en lang sætning til test";
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 6238: six digits of an HMAC-SHA-1 over the number of the half minute. */
function codeFor(uri: string, at: number): string {
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const headersOf = (cookies: readonly SessionCookie[]) =>
  new Headers({ cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") });

const address = "192.0.2.1";

/** A user who can log in, and their first login. */
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

test("a second factor is switched on by its first code; from then on the password alone opens nothing", async () => {
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
  await confirmSecondFactor(auth, own, codeFor(uri, Date.now()), new Date());
  expect((await listJournal(db, { limit: 1 }))[0]).toMatchObject({ action: "second-factor.on" });
  const secret = new URL(uri).searchParams.get("secret") ?? "no secret";
  expect(JSON.stringify(await db.select().from(twoFactors))).not.toContain(secret);

  const half = await logIn();
  if (half.outcome !== "second-factor") throw new Error(half.outcome);
  expect(await findSession(auth, headersOf(half.cookies), new Date())).toBeUndefined();
  const request = { headers: headersOf(half.cookies), address };
  expect(await signInWithCode(auth, "000000", request, new Date())).toEqual({ outcome: "wrong" });
  const whole = await signInWithCode(auth, codeFor(uri, Date.now()), request, new Date());
  if (whole.outcome !== "signed-in") throw new Error(whole.outcome);
  expect(await findSession(auth, headersOf(whole.cookies), new Date())).toBeDefined();
});

test("a kept code logs in once in place of a lost authenticator; new ones end the old", async () => {
  const { db, auth, logIn, ownWith, own } = await anna();
  expect(await countBackupCodes(auth, own.session)).toBeNull();
  await expect(renewBackupCodes(auth, own, password, new Date())).rejects.toMatchObject({ code: "conflict" });
  const { uri, backupCodes } = await prepareSecondFactor(auth, own, password, new Date());
  const cookies = await confirmSecondFactor(auth, own, codeFor(uri, Date.now()), new Date());
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

test("a second factor is switched off by the password, which is counted when wrong; then the password is enough", async () => {
  const { db, auth, logIn, ownWith, own } = await anna();
  const { uri } = await prepareSecondFactor(auth, own, password, new Date());
  const cookies = await confirmSecondFactor(auth, own, codeFor(uri, Date.now()), new Date());
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

test("guessing the password of a session that was left open is locked out as logging in is", async () => {
  const { auth, own } = await anna();
  const guess = () => prepareSecondFactor(auth, own, "wrong password", new Date());
  for (let n = 0; n < failuresMax.username; n += 1)
    await expect(guess()).rejects.toMatchObject({ code: "invalid" });
  await expect(prepareSecondFactor(auth, own, password, new Date())).rejects.toMatchObject({
    code: "too-many",
  });
});
