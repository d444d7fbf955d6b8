import { DomainError } from "../errors.ts";
import { appendEntries } from "../journal/index.ts";
import { type Auth, cookiesOf, loginHeaders, type SessionCookie } from "./auth.ts";
import type { Session } from "./sessions.ts";
import { unlessRefused } from "./unless-refused.ts";

/** What the user puts into an authenticator, told this once, with codes for when it is lost. */
export type SecondFactor = { uri: string; backupCodes: string[] };

/** A user's own session and the headers it came with. */
export type OwnRequest = { session: Session; headers: Headers };

/**
 * Prepares a second factor for the user; logging in asks for it once `confirmSecondFactor` has seen a code.
 * Throws `invalid` when the password is wrong.
 */
export async function prepareSecondFactor(
  auth: Auth,
  own: OwnRequest,
  password: string,
): Promise<SecondFactor> {
  const made = await unlessRefused(
    auth.better.api.enableTwoFactor({ body: { password }, headers: loginHeaders(own.headers) }),
  );
  if (!made || !("totpURI" in made)) {
    throw new DomainError("invalid", "The password is wrong.", { field: "password" });
  }
  return { uri: made.totpURI, backupCodes: made.backupCodes };
}

/**
 * Switches the second factor on by a first code of the authenticator, and journals it. Gives the cookies of the
 * session that takes the place of the present one; throws `invalid` when the code is wrong.
 */
export async function confirmSecondFactor(
  auth: Auth,
  own: OwnRequest,
  code: string,
  now: Date,
): Promise<SessionCookie[]> {
  const headers = loginHeaders(own.headers);
  const answer = await unlessRefused(
    auth.better.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }),
  );
  if (!answer) throw new DomainError("invalid", "The code is wrong.", { field: "code" });
  const { actor } = own.session;
  const entry = {
    action: "second-factor.on",
    outcome: "done",
    subjectType: "user",
    subjectId: actor.id,
  } as const;
  await auth.db.transaction((tx) => appendEntries(tx, actor, now, [entry]));
  return cookiesOf(answer.headers);
}
