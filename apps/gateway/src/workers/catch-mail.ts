import { createContext } from "@sor/core";
import { catchMail } from "@sor/core/outbox";
import type { Deps } from "../app-env.ts";
import { createMailer, type Mailer } from "./send-mail.ts";

type MailDeps = Pick<Deps, "config" | "db" | "clock">;

/**
 * What this process sends mail with: the configured server, or in a demo on this machine, which has none, a table that the portal
 * shows. Undefined otherwise: mail waits. A demo that others reach shows no mail, for its links are their receivers' own.
 */
export function mailerOf({ config, db, clock }: MailDeps): Mailer | undefined {
  const isCaught = config.DEMO && !config.DEMO_PUBLIC;
  return createMailer(
    config,
    isCaught
      ? async ({ id, to: sentTo, subject, text, html = null, headers }) => {
          const ctx = createContext(db, { kind: "system", job: "catch-mail" }, clock());
          await catchMail(ctx, { id, sentTo, subject, text, html, headers });
        }
      : undefined,
  );
}
