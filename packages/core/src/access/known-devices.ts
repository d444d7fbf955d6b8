import { createHmac, timingSafeEqual } from "node:crypto";
import { parseCookies } from "better-auth/cookies";
import { newId } from "../database/index.ts";
import type { Auth, SessionCookie } from "./auth.ts";
import type { UserRow } from "./load-user.ts";
import { KnownDevice, usersOfDeviceMost } from "./schemas.ts";

const cookieName = (auth: Auth) => (auth.isSecure ? "__Secure-sor.device" : "sor.device");
/** The longest lifetime that browsers allow a cookie (RFC 6265bis). */
const lifeSeconds = 400 * 86_400;

type User = Pick<UserRow, "id" | "credentialVersion">;

const signed = (auth: Auth, text: string) =>
  createHmac("sha256", auth.deviceKey).update(text).digest("base64url");

function readDevice(auth: Auth, headers: Headers): KnownDevice | undefined {
  const [text = "", mac = ""] = (parseCookies(headers.get("cookie") ?? "").get(cookieName(auth)) ?? "").split(
    ".",
  );
  const [given, own] = [Buffer.from(mac), Buffer.from(signed(auth, text))];
  if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
  return KnownDevice.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
}

/** The id of the browser, if this user has logged in with it since their credential last changed. */
export function knownDevice(auth: Auth, headers: Headers, user: User): string | undefined {
  const device = readDevice(auth, headers);
  const isKnown = device?.users.some(([id, version]) => id === user.id && version === user.credentialVersion);
  return isKnown ? device?.id : undefined;
}

/** Whether this user has logged in with the browser before, whatever their credential was then. */
export function hasUsedDevice(auth: Auth, headers: Headers, userId: string): boolean {
  return readDevice(auth, headers)?.users.some(([id]) => id === userId) ?? false;
}

/** The cookie that marks the browser as known to the user; it grants no access, only its own limit of login attempts. */
export function deviceCookie(auth: Auth, headers: Headers, user: User): SessionCookie {
  const known = readDevice(auth, headers);
  const others = (known?.users ?? []).filter(([id]) => id !== user.id).slice(0, usersOfDeviceMost - 1);
  const device: KnownDevice = {
    id: known?.id ?? newId(),
    users: [[user.id, user.credentialVersion], ...others],
  };
  const text = Buffer.from(JSON.stringify(device)).toString("base64url");
  const value = `${text}.${signed(auth, text)}`;
  const attributes = { path: "/", httpOnly: true, secure: auth.isSecure, sameSite: "lax" } as const;
  return { name: cookieName(auth), value, ...attributes, maxAge: lifeSeconds };
}
