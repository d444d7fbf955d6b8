import { createSecretKey, hkdfSync, type KeyObject, randomInt } from "node:crypto";
import { type BetterAuthPlugin, betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { parseSetCookieHeader } from "better-auth/cookies";
import { hashPassword, verifyPassword } from "better-auth/crypto";
import { twoFactor, username } from "better-auth/plugins";
import { type Database, newId } from "../database/index.ts";
import { accounts, sessions, twoFactors, users, verifications } from "./tables.ts";

/** A working day: then one has to log in again, so that no session stays open in a forgotten browser. */
const sessionSeconds = 12 * 60 * 60;
const addressHeader = "x-sor-client-address";

export type AuthOptions = {
  /** The portal's own address; with https, cookies are Secure. */
  baseUrl: string;
  /** At least 32 random characters; signs the cookies. Must be the same in all processes. */
  secret: string;
};

function createBetterAuth(db: Database, options: AuthOptions) {
  return betterAuth({
    appName: "SOR",
    baseURL: options.baseUrl,
    secret: options.secret,
    telemetry: { enabled: false },
    // It would log failed queries with their values, including session tokens. It throws whatever it logs.
    logger: { disabled: true },
    database: drizzleAdapter(db, {
      provider: "pg",
      transaction: true,
      schema: {
        user: users,
        session: sessions,
        account: accounts,
        verification: verifications,
        twoFactor: twoFactors,
      },
    }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    session: { expiresIn: sessionSeconds, disableSessionRefresh: true, cookieCache: { enabled: false } },
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: "sor",
      useSecureCookies: options.baseUrl.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/" },
      database: { generateId: newId },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    plugins: [
      username({
        displayUsername: false,
        minUsernameLength: 3,
        maxUsernameLength: 40,
        usernameValidator: (name) => /^[a-z0-9][a-z0-9._-]*$/.test(name),
      }),
      twoFactor({ issuer: "SOR", backupCodeOptions: { customBackupCodesGenerate: newBackupCodes } }),
      pendingLogin,
    ],
  });
}

/** Without letters and digits that are easily confused when copied from paper. */
const plainLetters = "abcdefghjkmnpqrstuvwxyz23456789";
const backupCodes = 10;

function newBackupCodes(): string[] {
  const half = () => Array.from({ length: 5 }, () => plainLetters[randomInt(plainLetters.length)]).join("");
  return Array.from({ length: backupCodes }, () => `${half()}-${half()}`);
}

/** Adds a query that better-auth lacks: whose pending login (first step done) a request belongs to. */
const pendingLogin = {
  id: "pending-login",
  endpoints: {
    findPendingLogin: createAuthEndpoint(
      "/pending-login",
      { method: "GET", requireHeaders: true },
      async (ctx) => {
        const { name } = ctx.context.createAuthCookie("two_factor");
        const identifier = await ctx.getSignedCookie(name, ctx.context.secret);
        if (!identifier) return null;
        return (await ctx.context.internalAdapter.findVerificationValue(identifier))?.value ?? null;
      },
    ),
  },
} satisfies BetterAuthPlugin;

/**
 * The login of one process. better-auth is used inside this folder only: it creates and checks sessions, their cookies, password
 * hashes and second factors. Its own HTTP routes are never mounted, so there is no open sign-up.
 */
export type Auth = {
  readonly db: Database;
  readonly better: ReturnType<typeof createBetterAuth>;
  /** Signs the cookies of known browsers. */
  readonly deviceKey: KeyObject;
  readonly isSecure: boolean;
};

/** Creates the login. Throws when the secret is too short. */
export function createAuth(db: Database, options: AuthOptions): Auth {
  if (options.secret.length < 32)
    throw new RangeError("the secret of the sessions has at least 32 characters");
  const deviceKey = createSecretKey(
    Buffer.from(hkdfSync("sha256", options.secret, "", "sor known devices", 32)),
  );
  const isSecure = options.baseUrl.startsWith("https:");
  return { db, better: createBetterAuth(db, options), deviceKey, isSecure };
}

/** A cookie to set; the value is already encoded. */
export type SessionCookie = {
  name: string;
  value: string;
  path: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite: "lax" | "strict" | "none";
  /** Seconds; 0 removes the cookie, absent makes it a session cookie. */
  maxAge?: number | undefined;
};

/** The cookies set by a better-auth response. */
export function cookiesOf(headers: Headers): SessionCookie[] {
  return headers.getSetCookie().flatMap((line) =>
    [...parseSetCookieHeader(line)].map(([name, attributes]) => ({
      name,
      value: rawValue(line),
      path: attributes.path ?? "/",
      httpOnly: attributes.httponly === true,
      secure: attributes.secure === true,
      sameSite: attributes.samesite ?? "lax",
      maxAge: attributes["max-age"],
    })),
  );
}

function rawValue(line: string): string {
  const [pair = ""] = line.split(";", 1);
  return pair.slice(pair.indexOf("=") + 1);
}

/** The session token in cookies; undefined when there is none. */
export function sessionTokenOf(cookies: readonly SessionCookie[]): string | undefined {
  const cookie = cookies.find(({ name, maxAge }) => name.endsWith("sor.session_token") && maxAge !== 0);
  return cookie && decodeURIComponent(cookie.value).split(".")[0];
}

/** The request headers passed to better-auth, with the client address determined by the server. */
export function loginHeaders(headers: Headers, address?: string): Headers {
  const passed = new Headers();
  for (const name of ["cookie", "user-agent"]) {
    const value = headers.get(name);
    if (value !== null) passed.set(name, value.slice(0, name === "cookie" ? 8192 : 300));
  }
  if (address !== undefined) passed.set(addressHeader, address);
  return passed;
}

/** The scrypt hash of a password, with salt. */
export async function hashOfPassword(password: string): Promise<string> {
  return await hashPassword(password);
}

/** Whether a password matches a hash; takes the same time when there is no hash. */
export async function isPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  if (!hash) {
    await hashPassword(password);
    return false;
  }
  return await verifyPassword({ hash, password });
}

/** The result of better-auth, or undefined when it rejects the client's input; its internal errors are rethrown. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof APIError && error.statusCode < 500) return undefined;
    throw error;
  }
}
