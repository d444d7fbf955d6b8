import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { aUser, lockWaits, testDatabase } from "../testing/index.ts";
import { type Auth, createAuth, hashOfPassword, isPassword } from "./auth.ts";
import { changePassword } from "./change-password.ts";
import { credentialChanged } from "./credential-changed.ts";
import { findSession, type Session } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { accounts } from "./tables.ts";

const [old, mine, theirs] = ["den gamle sætning her", "min helt nye sætning", "en fremmeds nye sætning"];
const address = "192.0.2.1";
const given = { role: "authority", scope: { kind: "all" } } as const;
let db: Database;
let auth: Auth;
let userId: string;
const login = (password: string) =>
  signIn(auth, { username: "anna", password }, { headers: new Headers(), address }, new Date());

beforeEach(async () => {
  db = await testDatabase();
  auth = createAuth(db, { baseUrl: "http://127.0.0.1:3000", secret: "0123456789abcdef0123456789abcdef" });
  userId = (await aUser(db, "anna", { ...given, passwordHash: await hashOfPassword(old) })).userId;
});

/** Changes the password as `changePassword` does, while `act` is using the old one. */
async function changedMeanwhile<Result>(act: () => Promise<Result>): Promise<Result> {
  const password = await hashOfPassword(mine);
  const { acting } = await db.transaction(async (tx) => {
    let isOver = false;
    // `act` reads the old password before it is changed, and finishes only afterwards.
    await tx.update(accounts).set({ password }).where(eq(accounts.userId, userId));
    await credentialChanged(tx, userId, new Date());
    const acting = act().finally(() => {
      isOver = true;
    });
    acting.catch(() => undefined);
    await expect.poll(async () => isOver || (await lockWaits(db)) === 1, { timeout: 30_000 }).toBe(true);
    return { acting };
  });
  return await acting;
}

test("a login with the old password during a password change gives no session", async () => {
  expect((await login(old)).outcome).toBe("signed-in");
  expect((await changedMeanwhile(() => login(old))).outcome).toBe("wrong");
  expect((await login(mine)).outcome).toBe("signed-in");
});

test("of two concurrent password changes the second fails, as its old password is wrong", async () => {
  const answer = await login(old);
  if (answer.outcome !== "signed-in") throw new Error(answer.outcome);
  const headers = new Headers({
    cookie: answer.cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
  });
  const session = (await findSession(auth, headers, new Date())) as Session;
  const ctx = createContext(db, session.actor, new Date());
  const changing = changedMeanwhile(() =>
    changePassword(ctx, { oldPassword: old, newPassword: theirs }, { auth, session, headers, address }),
  );
  await expect(changing).rejects.toMatchObject({ details: { field: "oldPassword", fault: "wrong" } });
  const [account] = await db.select().from(accounts).where(eq(accounts.userId, userId));
  expect(await isPassword(mine, account?.password)).toBe(true);
});
