import type { SessionCookie } from "@sor/core/access";
import type { Cookies } from "@sveltejs/kit";

/** Sets the cookies of a login or logout unchanged: their values are already encoded and signed. */
export function setSessionCookies(cookies: Cookies, wanted: readonly SessionCookie[]): void {
  for (const { name, value, maxAge, ...attributes } of wanted) {
    const lasting = maxAge === undefined ? {} : { maxAge };
    cookies.set(name, value, { ...attributes, ...lasting, encode: (text) => text });
  }
}
