import { returnAddress } from "@sor/core/bounces";
import { type SendingOutcome, type TakenMessage, withLinks } from "@sor/core/outbox";
import nodemailer from "nodemailer";
import type { Config } from "../config.ts";

export type PlainMail = {
  id: string;
  to: string;
  subject: string;
  text: string;
  html?: string;
  replyTo?: string | undefined;
  createdAt: Date;
};

/** What hands over mail; the outcome says what its server answered. */
export type Mailer = {
  send: (message: TakenMessage) => Promise<SendingOutcome>;
  /** A mail to one person, with nothing to unsubscribe from. */
  sendPlain: (mail: PlainMail) => Promise<SendingOutcome>;
  close: () => void;
};

type MailConfig = Pick<
  Config,
  "SMTP_URL" | "MAIL_FROM" | "MAIL_RETURN" | "MAIL_UNSUBSCRIBE" | "PUBLIC_GATEWAY_URL" | "PORTAL_ORIGIN"
>;
type SmtpError = Error & { code?: string; responseCode?: number };

const timeoutMilliseconds = 30_000;
const connectionsMost = 20;
const mailsPerConnection = 500;

type Mail = {
  id: string;
  to: string;
  subject: string;
  text: string;
  html?: string;
  createdAt: Date;
  references?: readonly string[];
  replyTo?: string | undefined;
  /** The envelope sender, to which it is sent back; absent: the sender. */
  returnTo?: string | undefined;
  headers: Record<string, string>;
};
/** Hands over one mail. Rejects with the error of the server. */
type Transport = { deliver: (mail: Mail) => Promise<void>; close: () => void };

/** Sends mail through the configured server, or keeps it where there is none and a `keep` for demos; otherwise undefined. */
export function createMailer(config: MailConfig, keep?: (mail: Mail) => Promise<void>): Mailer | undefined {
  const transport = transportOf(config, keep);
  if (!transport) return undefined;
  const domain = config.MAIL_FROM.split("@")[1] ?? "localhost";
  const send = async (mail: Mail): Promise<SendingOutcome> => {
    try {
      await transport.deliver(mail);
      return { kind: "sent" };
    } catch (error) {
      return outcomeOf(error as SmtpError);
    }
  };
  return {
    send: async (message) => {
      const { links, listId } = addressesOf(config, message);
      const { address: to, id, createdAt } = message;
      const content = links ? withLinks(message.content, links, message.language) : message.content;
      const { subject, text, html, references } = content;
      const headers = headersOf(config, links?.unsubscribe, `${listId}.${domain}>`);
      const returnTo = config.MAIL_RETURN && returnAddress(config.MAIL_RETURN, id);
      return await send({ id, to, subject, text, html, createdAt, references, returnTo, headers });
    },
    sendPlain: async (mail) => await send({ ...mail, headers: { "Auto-Submitted": "auto-generated" } }),
    close: () => transport.close(),
  };
}

function transportOf(config: MailConfig, keep?: (mail: Mail) => Promise<void>): Transport | undefined {
  if (config.SMTP_URL !== undefined) return smtpTransport(config.SMTP_URL, config.MAIL_FROM);
  return keep && { deliver: keep, close: () => undefined };
}

function smtpTransport(url: string, from: string): Transport {
  // Connections are kept for many mails: ten thousand greetings would take longer than the mails.
  const smtp = nodemailer.createTransport({
    url,
    ...{ pool: true, maxConnections: connectionsMost, maxMessages: mailsPerConnection },
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const idOf = (id: string) => `<${id}@${from.split("@")[1] ?? "localhost"}>`;
  return {
    deliver: async ({ id, references = [], createdAt, returnTo, ...mail }) => {
      await smtp.sendMail({
        envelope: { from: returnTo ?? from, to: mail.to },
        ...{ from, ...mail, messageId: idOf(id), date: createdAt },
        ...(references.length > 0 && {
          inReplyTo: idOf(references[0] as string),
          references: references.map(idOf).join(" "),
        }),
      });
    },
    close: () => smtp.close(),
  };
}

type Addresses = { links: { manage?: string; unsubscribe: string } | undefined; listId: string };

/** The page where the subscription of each topic is changed, and the beginning of its List-ID. */
const portalTopics = {
  notices: { manage: "/drift/abonnement/", hasToken: true, listId: "SOR driftsbeskeder <drift" },
  news: { manage: "/nyheder/abonnement/", hasToken: true, listId: "SOR nyheder <nyheder" },
  newsletter: { manage: "/nyheder/abonnement/", hasToken: true, listId: "SOR nyhedsbrev <nyhedsbrev" },
  watches: { manage: "/overvaagning", hasToken: false, listId: "SOR overvågning <overvaagning" },
};

/** The links of a mail by its topic, none in a confirmation; and the beginning of its List-ID. */
function addressesOf(config: MailConfig, { topic, purpose, unsubscribeToken }: TakenMessage): Addresses {
  const isConfirmation = purpose === "confirmation";
  const { PORTAL_ORIGIN: origin } = config;
  if (topic !== "alerts" && topic !== "changes") {
    const { manage, hasToken, listId } = portalTopics[topic];
    const links = {
      manage: `${origin}${manage}${hasToken ? unsubscribeToken : ""}`,
      unsubscribe: `${origin}/afmeld/${unsubscribeToken}`,
    };
    return { links: isConfirmation ? undefined : links, listId };
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
