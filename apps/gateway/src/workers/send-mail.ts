import type { SendingOutcome, TakenAlertMessage } from "@sor/core/alerts";
import { withUnsubscribe } from "@sor/core/alerts";
import nodemailer from "nodemailer";
import type { Config } from "../config.ts";

export type PlainMail = { id: string; to: string; subject: string; text: string; createdAt: Date };

export type Mailer = {
  send: (message: TakenAlertMessage) => Promise<SendingOutcome>;
  /** A mail to one person, with nothing to unsubscribe from. */
  sendPlain: (mail: PlainMail) => Promise<SendingOutcome>;
  close: () => void;
};

type MailConfig = Pick<Config, "SMTP_URL" | "MAIL_FROM" | "MAIL_UNSUBSCRIBE" | "PUBLIC_GATEWAY_URL">;
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
      const link = unsubscribeLink(config, message);
      const content = link ? withUnsubscribe(message.content, link) : message.content;
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
          headers: headersOf(config, link, domain),
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

function unsubscribeLink(
  config: MailConfig,
  { purpose, unsubscribeToken }: TakenAlertMessage,
): string | undefined {
  if (purpose === "confirmation" || config.PUBLIC_GATEWAY_URL === undefined) return undefined;
  return `${config.PUBLIC_GATEWAY_URL.replace(/\/$/, "")}/alerts/unsubscribe/${unsubscribeToken}`;
}

// RFC 8058, 3.1: one https address, and a header that says that a POST to it is enough.
function headersOf(config: MailConfig, link: string | undefined, domain: string): Record<string, string> {
  const isOneClick = link?.startsWith("https:") ?? false;
  const ways = [
    ...(link && isOneClick ? [`<${link}>`] : []),
    ...(link && config.MAIL_UNSUBSCRIBE ? [`<mailto:${config.MAIL_UNSUBSCRIBE}?subject=unsubscribe>`] : []),
  ];
  return {
    "Auto-Submitted": "auto-generated",
    "List-ID": `SOR drift <alarmer.${domain}>`,
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
