import type { SessionCookie } from "@sor/core/access";
import type { Cookies } from "@sveltejs/kit";

/** Sets what logging in or out wants set, as it stands: the values are encoded and signed already. */
export function setSessionCookies(cookies: Cookies, wanted: readonly SessionCookie[]): void {
  for (const { name, value, maxAge, ...attributes } of wanted) {
    const lasting = maxAge === undefined ? {} : { maxAge };
    cookies.set(name, value, { ...attributes, ...lasting, encode: (text) => text });
  }
}
