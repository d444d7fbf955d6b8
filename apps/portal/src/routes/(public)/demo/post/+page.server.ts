import { DomainError } from "@sor/core";
import { listCaughtMails } from "@sor/core/outbox";
import type { PageServerLoad } from "./$types";

/** A link in a mail's text, or the text between two. */
type Part = { text: string; isLink: boolean };

const shownMost = 50;

function partsOf(text: string, origins: readonly string[]): Part[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .filter((part) => part !== "")
    .map((part) => ({ text: part, isLink: origins.some((origin) => part.startsWith(`${origin}/`)) }));
}

export const load: PageServerLoad = async ({ locals: { ctx, config }, setHeaders }) => {
  if (!config.showsMail) throw new DomainError("not-found", "no-such-address");
  setHeaders({ "cache-control": "no-store", "x-robots-tag": "noindex" });
  const mails = (await listCaughtMails(ctx)).slice(0, shownMost);
  return {
    mails: mails.map(({ id, sentTo, subject, headers, text, caughtAt }) => ({
      ...{ id, sentTo, subject, headers: Object.entries(headers), caughtAt },
      parts: partsOf(text, [config.origin, config.gatewayOrigin]),
    })),
  };
};
