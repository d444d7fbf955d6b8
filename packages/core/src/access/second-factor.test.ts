import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { listJournal } from "../journal/index.ts";
import { aUser, testDatabase } from "../testing/index.ts";
import { createAuth, hashOfPassword, type SessionCookie } from "./auth.ts";
import { confirmSecondFactor, prepareSecondFactor } from "./second-factor.ts";
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

test("a second factor is switched on by its first code; from then on the password alone opens nothing", async () => {
  const db = await testDatabase();
  const passwordHash = await hashOfPassword(password);
  await aUser(db, "anna", { role: "authority", scope: { kind: "all" }, passwordHash });
  const auth = createAuth(db, {
    baseUrl: "http://127.0.0.1:3000",
    secret: "0123456789abcdef0123456789abcdef",
  });
  const logIn = () =>
    signIn(
      auth,
      { username: "anna", password },
      { headers: new Headers(), address: "192.0.2.1" },
      new Date(),
    );

  const first = await logIn();
  if (first.outcome !== "signed-in") throw new Error(first.outcome);
  const headers = headersOf(first.cookies);
  const session = await findSession(auth, headers, new Date());
  if (!session) throw new Error("the session stands");
  await expect(prepareSecondFactor(auth, { session, headers }, "wrong password")).rejects.toMatchObject({
    code: "invalid",
  });
  const { uri, backupCodes } = await prepareSecondFactor(auth, { session, headers }, password);
  expect(backupCodes.length).toBeGreaterThan(0);
  expect(await logIn()).toMatchObject({ outcome: "signed-in" });
  await expect(confirmSecondFactor(auth, { session, headers }, "000000", new Date())).rejects.toMatchObject({
    code: "invalid",
  });
  await confirmSecondFactor(auth, { session, headers }, codeFor(uri, Date.now()), new Date());
  expect((await listJournal(db, { limit: 1 }))[0]).toMatchObject({ action: "second-factor.on" });
  const secret = new URL(uri).searchParams.get("secret") ?? "no secret";
  expect(JSON.stringify(await db.select().from(twoFactors))).not.toContain(secret);

  const half = await logIn();
  if (half.outcome !== "second-factor") throw new Error(half.outcome);
  expect(await findSession(auth, headersOf(half.cookies), new Date())).toBeUndefined();
  const request = { headers: headersOf(half.cookies), address: "192.0.2.1" };
  expect(await signInWithCode(auth, "000000", request, new Date())).toEqual({ outcome: "wrong" });
  const whole = await signInWithCode(auth, codeFor(uri, Date.now()), request, new Date());
  if (whole.outcome !== "signed-in") throw new Error(whole.outcome);
  expect(await findSession(auth, headersOf(whole.cookies), new Date())).toBeDefined();
});
