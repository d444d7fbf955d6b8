import { type SendingOutcome, type TakenMessage, withLinks } from "@sor/core/outbox";
import nodemailer from "nodemailer";
import type { Config } from "../config.ts";

export type PlainMail = { id: string; to: string; subject: string; text: string; createdAt: Date };

export type Mailer = {
  send: (message: TakenMessage) => Promise<SendingOutcome>;
  /** A mail to one person, with nothing to unsubscribe from. */
  sendPlain: (mail: PlainMail) => Promise<SendingOutcome>;
  close: () => void;
};

type MailConfig = Pick<
  Config,
  "SMTP_URL" | "MAIL_FROM" | "MAIL_UNSUBSCRIBE" | "PUBLIC_GATEWAY_URL" | "PORTAL_ORIGIN"
>;
type SmtpError = Error & { code?: string; responseCode?: number };

const timeoutMilliseconds = 30_000;

/** Sends mail through the configured server; undefined when there is none. */
export function createMailer(config: MailConfig): Mailer | undefined {
  if (config.SMTP_URL === undefined) return undefined;
  const transport = nodemailer.createTransport({
    url: config.SMTP_URL,
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = config.MAIL_FROM.split("@")[1] ?? "localhost";
  const idOf = (id: string) => `<${id}@${domain}>`;
  return {
    send: async (message) => {
      const { links, listId } = addressesOf(config, message);
      const content = links ? withLinks(message.content, links, message.language) : message.content;
      try {
        await transport.sendMail({
          from: config.MAIL_FROM,
          to: message.address,
          subject: content.subject,
          text: content.text,
          html: content.html,
          messageId: idOf(message.id),
          ...(content.references.length > 0 && {
            inReplyTo: idOf(content.references[0] as string),
            references: content.references.map(idOf).join(" "),
          }),
          date: message.createdAt,
          headers: headersOf(config, links?.unsubscribe, `${listId}.${domain}>`),
        });
        return { kind: "sent" };
      } catch (error) {
        return outcomeOf(error as SmtpError);
      }
    },
    sendPlain: async ({ id, to, subject, text, createdAt }) => {
      try {
        await transport.sendMail({
          ...{ from: config.MAIL_FROM, to, subject, text, messageId: idOf(id), date: createdAt },
          headers: { "Auto-Submitted": "auto-generated" },
        });
        return { kind: "sent" };
      } catch (error) {
        return outcomeOf(error as SmtpError);
      }
    },
    close: () => transport.close(),
  };
}

type Addresses = { links: { manage?: string; unsubscribe: string } | undefined; listId: string };

/** The links of a mail by its topic, none in a confirmation; and the beginning of its List-ID. */
function addressesOf(config: MailConfig, { topic, purpose, unsubscribeToken }: TakenMessage): Addresses {
  const isConfirmation = purpose === "confirmation";
  if (topic === "notices") {
    const { PORTAL_ORIGIN: origin } = config;
    const manage = `${origin}/drift/abonnement/${unsubscribeToken}`;
    const links = { manage, unsubscribe: `${origin}/afmeld/${unsubscribeToken}` };
    return { links: isConfirmation ? undefined : links, listId: "SOR driftsbeskeder <drift" };
  }
  const gateway = config.PUBLIC_GATEWAY_URL?.replace(/\/$/, "");
  const hasLink = !isConfirmation && gateway !== undefined;
  return {
    links: hasLink ? { unsubscribe: `${gateway}/alerts/unsubscribe/${unsubscribeToken}` } : undefined,
    listId: "SOR drift <alarmer",
  };
}

// RFC 8058, 3.1: one https address, and a header that says that a POST to it is enough.
function headersOf(config: MailConfig, link: string | undefined, listId: string): Record<string, string> {
  const isOneClick = link?.startsWith("https:") ?? false;
  const ways = [
    ...(link && isOneClick ? [`<${link}>`] : []),
    ...(link && config.MAIL_UNSUBSCRIBE ? [`<mailto:${config.MAIL_UNSUBSCRIBE}?subject=unsubscribe>`] : []),
  ];
  return {
    "Auto-Submitted": "auto-generated",
    "List-ID": listId,
    ...(ways.length > 0 && { "List-Unsubscribe": ways.join(", ") }),
    ...(isOneClick && { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }),
  };
}

// Only the server's reply about this address or this message is final; a failed login is our own fault to fix.
function outcomeOf({ code = "ERROR", responseCode }: SmtpError): SendingOutcome {
  const error = responseCode === undefined ? code : `${code} ${responseCode}`;
  const isOfMessage = code === "EENVELOPE" || code === "EMESSAGE";
  if (isOfMessage && responseCode !== undefined && responseCode >= 500) return { kind: "refused", error };
  return { kind: "failed", error };
}
