import { createContext } from "@sor/core";
import { type AccountMail, recordAccountMail, takeAccountMails } from "@sor/core/access";
import { recordLetter, takeLetters } from "@sor/core/outbox";
import type { Deps } from "../app-env.ts";
import { mailerOf } from "./catch-mail.ts";
import { composeAccountMail } from "./compose-account-mail.ts";
import { repeat } from "./repeat.ts";
import type { Mailer, PlainMail } from "./send-mail.ts";

type MailDeps = Pick<Deps, "config" | "db" | "log" | "clock">;

const lookMilliseconds = 10_000;
const atOnce = 20;
const leaseSeconds = 120;

/** Sends users the mail about their own accounts, and letters to single persons, until it is stopped; without a mail server mail stays queued. */
export async function mailAccounts(deps: MailDeps, stopping: AbortSignal): Promise<void> {
  const mailer = mailerOf(deps);
  if (!mailer) return;
  try {
    await repeat(lookMilliseconds, stopping, async () => {
      await mailAccountsOnce(deps, mailer).catch((error: unknown) =>
        deps.log.warn({ err: error }, "mail about accounts not sent; trying again"),
      );
      await mailLettersOnce(deps, mailer).catch((error: unknown) =>
        deps.log.warn({ err: error }, "letters not sent; trying again"),
      );
    });
  } finally {
    mailer.close();
  }
}

/** Sends what is due now; returns how many were sent. */
export async function mailAccountsOnce(deps: MailDeps, mailer: Mailer): Promise<number> {
  const ctx = () => createContext(deps.db, { kind: "system", job: "mail-accounts" }, deps.clock());
  let sent = 0;
  // One at a time, so that the last one's lease does not expire while a slow mail server accepts the first.
  for (let turn = 0; turn < atOnce; turn += 1) {
    const [mail] = await takeAccountMails(ctx(), { limit: 1, leaseSeconds });
    if (!mail) break;
    const { kind } = await mailer.sendPlain(composed(mail, deps.config.PORTAL_ORIGIN));
    await recordAccountMail(ctx(), { mail, outcome: kind });
    deps.log.info({ accountMailId: mail.id, kind: mail.kind, outcome: kind }, "mail about an account");
    if (kind === "sent") sent += 1;
  }
  return sent;
}

function composed(mail: AccountMail, portalOrigin: string): PlainMail {
  const { id, to, createdAt } = mail;
  return { id, to, ...composeAccountMail(mail, portalOrigin), createdAt };
}

/** Sends the letters that are due now; returns how many were sent. */
export async function mailLettersOnce(deps: MailDeps, mailer: Mailer): Promise<number> {
  const ctx = () => createContext(deps.db, { kind: "system", job: "mail-letters" }, deps.clock());
  let sent = 0;
  for (let turn = 0; turn < atOnce; turn += 1) {
    const [letter] = await takeLetters(ctx(), { limit: 1, leaseSeconds });
    if (!letter) break;
    const { id, to, replyTo, createdAt, content } = letter;
    const { subject, text, html } = content;
    const outcome = await mailer.sendPlain({
      ...{ id, to, subject, text, html, createdAt },
      ...(replyTo !== null && { replyTo }),
    });
    const state = await recordLetter(ctx(), { letter, outcome, random: Math.random() });
    const error = "error" in outcome ? outcome.error : undefined;
    const level = state === "failed" ? "error" : "info";
    deps.log[level]({ letterId: id, purpose: letter.purpose, outcome: outcome.kind, error }, "letter");
    if (outcome.kind === "sent") sent += 1;
  }
  return sent;
}
