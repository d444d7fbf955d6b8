import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { aWorldOfVendors } from "../testing/index.ts";
import { acceptInvitation, getOpenInvitation } from "./accept-invitation.ts";
import { createAuth, hashOfPassword, type SessionCookie } from "./auth.ts";
import { changePassword } from "./change-password.ts";
import { deactivateUser } from "./deactivate.ts";
import { invitePasswordReset } from "./invite-user.ts";
import { resetSecondFactor } from "./reset-second-factor.ts";
import {
  confirmSecondFactor,
  prepareSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
} from "./second-factor.ts";
import { findSession } from "./sessions.ts";
import { signIn, signInWithCode } from "./sign-in.ts";
import { codeOfStep, fromBase32, stepAt } from "./totp.ts";

const [password, fresh] = ["en lang sætning til test", "en helt anden sætning"];
const passwordHash = await hashOfPassword(password);
const address = "192.0.2.1";
const headersOf = (cookies: readonly SessionCookie[]) =>
  new Headers({ cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") });

/** An administrator of a vendor with two sessions, a password reset link and, with a second factor, a pending login. */
async function everythingOpen(hasFactor: boolean) {
  const { db, authority, admin } = await aWorldOfVendors();
  await db.$client.query("update accounts set password = $1 where user_id = $2", [
    passwordHash,
    admin.userId,
  ]);
  const auth = createAuth(db, {
    baseUrl: "http://127.0.0.1:3000",
    secret: "0123456789abcdef0123456789abcdef",
  });
  const logIn = () =>
    signIn(auth, { username: "admin", password }, { headers: new Headers(), address }, new Date());
  const own = async (cookies: readonly SessionCookie[]) => {
    const headers = headersOf(cookies);
    const session = await findSession(auth, headers, new Date());
    if (!session) throw new Error("the session stands");
    return { session, headers, address };
  };
  const cookiesOf = (answer: Awaited<ReturnType<typeof logIn>>) =>
    "cookies" in answer ? answer.cookies : [];
  let mine = cookiesOf(await logIn());
  let codes: string[] = [];
  const other = cookiesOf(await logIn());
  const prepared = await prepareSecondFactor(auth, await own(mine), password, new Date());
  const key = fromBase32(new URL(prepared.uri).searchParams.get("secret") ?? "");
  const code = (steps: number) => codeOfStep(key, stepAt(new Date()) + steps);
  if (hasFactor) {
    mine = await confirmSecondFactor(auth, await own(mine), code(-1), new Date());
    codes = prepared.backupCodes;
  }
  const half = hasFactor ? headersOf(cookiesOf(await logIn())) : undefined;
  const [spare = ""] = codes;
  const third =
    half &&
    (await signInWithCode(
      auth,
      spare,
      { headers: headersOf(cookiesOf(await logIn())), address },
      new Date(),
    ));
  const { token } = await invitePasswordReset(authority.ctx, admin.userId);
  const ctx = createContext(db, admin.ctx.actor, new Date());
  const openSession = third ? cookiesOf(third) : other;
  return {
    db,
    auth,
    authority,
    ctx,
    userId: admin.userId,
    own: await own(mine),
    half,
    token,
    openSession,
    code,
  };
}
type Open = Awaited<ReturnType<typeof everythingOpen>>;

const paths: [name: string, keepsOwn: boolean, hasFactor: boolean, (open: Open) => Promise<unknown>][] = [
  [
    "one changes one's password",
    ...([true, true] as const),
    ({ ctx, auth, own }) =>
      changePassword(ctx, { oldPassword: password, newPassword: fresh }, { auth, ...own }),
  ],
  [
    "a link gives a new password",
    ...([false, true] as const),
    ({ db, token }) => acceptInvitation(db, { token, password: fresh }, new Date()),
  ],
  [
    "the user is deactivated",
    ...([false, true] as const),
    ({ authority, userId }) => deactivateUser(authority.ctx, userId),
  ],
  [
    "an administrator takes the second factor away",
    ...([false, true] as const),
    ({ authority, userId }) => resetSecondFactor(authority.ctx, { userId, reason: "telefonen er væk" }),
  ],
  [
    "one switches the second factor off",
    ...([true, true] as const),
    ({ auth, own }) => removeSecondFactor(auth, own, password, new Date()),
  ],
  [
    "one makes new codes",
    ...([true, true] as const),
    ({ auth, own }) => renewBackupCodes(auth, own, password, new Date()),
  ],
  [
    "one switches the second factor on",
    ...([true, false] as const),
    ({ auth, own, code }) => confirmSecondFactor(auth, own, code(0), new Date()),
  ],
];

test.each(paths)(
  "when %s, other sessions, links and pending logins end",
  async (_, keepsOwn, hasFactor, act) => {
    const open = await everythingOpen(hasFactor);
    const { db, auth, token, openSession, half, code } = open;
    expect(await findSession(auth, headersOf(openSession), new Date())).toBeDefined();
    const result = await act(open);
    expect(await findSession(auth, headersOf(openSession), new Date())).toBeUndefined();
    const kept =
      Array.isArray(result) && typeof result[0] === "object" ? headersOf(result) : open.own.headers;
    expect((await findSession(auth, kept, new Date())) !== undefined).toBe(keepsOwn);
    await expect(getOpenInvitation(db, token, new Date())).rejects.toMatchObject({ code: "gone" });
    if (half) {
      const answer = await signInWithCode(auth, code(1), { headers: half, address }, new Date());
      expect(answer).toEqual({ outcome: "over" });
    }
  },
);
