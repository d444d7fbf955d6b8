import type { DomainError } from "@sor/core";
import type { RequestEvent } from "@sveltejs/kit";
import { formatInstant } from "#lib/format-time.ts";
import { m } from "#lib/words/index.ts";

/** The text for too many wrong passwords or codes; also sets `Retry-After` (RFC 9110, 10.2.3). */
export const lockedRefusal =
  ({ setHeaders, locals }: Pick<RequestEvent, "setHeaders" | "locals">) =>
  ({ details }: DomainError): string => {
    const until = new Date(String(details.until));
    const seconds = Math.ceil((until.getTime() - locals.ctx.now.getTime()) / 1000);
    setHeaders({ "retry-after": String(Math.max(1, seconds)) });
    return m.access_login_locked({ until: formatInstant(until) });
  };
