import { randomBytes } from "node:crypto";
import { symmetricDecrypt, symmetricEncrypt } from "better-auth/crypto";
import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Auth } from "./auth.ts";
import { twoFactors } from "./tables.ts";
import { fromBase32, stepOfCode, toBase32 } from "./totp.ts";

/** 160 bits, as RFC 4226 recommends: 32 letters to type where no picture can be read. */
const keyBytes = 20;
/** How better-auth marks a secret that is base32 rather than its own text. */
const base32Mark = "base32:";

/** Gives the user's authenticator a new key in place of what better-auth has made up; the key as base32. */
export async function renewAuthenticatorKey(auth: Auth, userId: string): Promise<string> {
  const { secretConfig } = await auth.better.$context;
  const key = toBase32(randomBytes(keyBytes));
  const secret = await symmetricEncrypt({ key: secretConfig, data: base32Mark + key });
  await auth.db.update(twoFactors).set({ secret }).where(eq(twoFactors.userId, userId));
  return key;
}

async function keyOf(auth: Auth, secret: string): Promise<Buffer> {
  const { secretConfig } = await auth.better.$context;
  const text = await symmetricDecrypt({ key: secretConfig, data: secret });
  return text.startsWith(base32Mark) ? fromBase32(text.slice(base32Mark.length)) : Buffer.from(text);
}

/**
 * Takes an authenticator's code for used: true once for each of them, and false when it is wrong, was taken before, or is
 * older than one that was taken (RFC 6238, 5.2). Of two at the same time one is true.
 */
export async function takeCode(auth: Auth, userId: string, code: string, now: Date): Promise<boolean> {
  const [factor] = await auth.db.select().from(twoFactors).where(eq(twoFactors.userId, userId));
  const step = factor && stepOfCode(await keyOf(auth, factor.secret), code, now);
  if (step === undefined) return false;
  const isUnused = or(isNull(twoFactors.lastStep), lt(twoFactors.lastStep, step));
  const taken = await auth.db
    .update(twoFactors)
    .set({ lastStep: step })
    .where(and(eq(twoFactors.userId, userId), isUnused));
  return taken.rowCount === 1;
}

const folded = (code: string) => code.toLowerCase().replaceAll(/[\s-]/g, "");

/** A kept code as it was made, by what somebody types: in either case, with or without its hyphen. */
export async function keptCodeOf(auth: Auth, userId: string, typed: string): Promise<string | undefined> {
  const { backupCodes } = await auth.better.api.viewBackupCodes({ body: { userId } });
  return (
    backupCodes.find((code) => code === typed) ?? backupCodes.find((code) => folded(code) === folded(typed))
  );
}
