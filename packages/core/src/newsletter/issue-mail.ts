import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import { type Context, changeUnjournalled, work } from "../context.ts";
import { writtenHtml } from "../guides/index.ts";
import { htmlText } from "../markup/index.ts";
import { mailOfBlocks, toldArticle } from "../news/index.ts";
import { addEvents, type Figures, oneLine, packMessages, putLetter, readFigures } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { getIssue, type Issue, readIssue } from "./issues.ts";
import { newsletters } from "./tables.ts";

type As = { language: "da" | "en"; origin: string };

function blocksOf({ title, intro, articles, number }: Issue, origin: string) {
  const links = number === null ? [] : [`${origin}/nyhedsbrev/${number}`];
  const paragraphs = links.map((link) => `<p><a href="${htmlText(link)}">${htmlText(link)}</a></p>`).join("");
  const opening = {
    text: [oneLine(title), intro, ...links].join("\n\n"),
    html: `<h1>${htmlText(oneLine(title))}</h1>${writtenHtml(intro, { origin })}${paragraphs}`,
  };
  return [opening, ...articles.map((article) => toldArticle(article, origin))];
}

/** The mail of an issue, or of several that wait together: the introduction, then each article with its link. */
export function issueMail(issues: readonly [Issue, ...Issue[]], { language, origin }: As): OutboxContent {
  return mailOfBlocks({
    ...{ topic: "newsletter", language },
    subject: issues.map(({ title }) => title).join(" / "),
    blocks: issues.flatMap((issue) => blocksOf(issue, origin)),
    json: JSON.stringify({ type: "newsletter", data: { numbers: issues.map(({ number }) => number) } }),
  });
}

/** Writes each issue that was sent into the outbox for every subscriber, once. Returns how many rows it wrote. */
export async function spreadNewsletters(ctx: Context): Promise<number> {
  return await work(ctx, async (tx) => {
    const [issue] = await tx
      .select()
      .from(newsletters)
      .where(and(isNotNull(newsletters.sentAt), isNull(newsletters.spreadAt)))
      .orderBy(asc(newsletters.number))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!issue) return 0;
    const receivers = await tx
      .select({ id: subscriptions.id })
      .from(subscriptions)
      .where(and(eq(subscriptions.topic, "newsletter"), eq(subscriptions.state, "active")));
    const event = { eventId: issue.id, phase: "published" as const, dueAt: ctx.now };
    await addEvents(
      tx,
      receivers.map(({ id: subscriptionId }) => ({ ...event, subscriptionId })),
    );
    const done = { spreadAt: ctx.now, receivers: receivers.length };
    await tx.update(newsletters).set(done).where(eq(newsletters.id, issue.id));
    return receivers.length;
  });
}

/** Makes the mails of issues that wait. Returns how many it made; safe in several processes. */
export async function packNewsletterMails(
  ctx: Context,
  { portalOrigin: origin, limit }: { portalOrigin: string; limit: number },
): Promise<number> {
  const issues = new Map<string, Issue | undefined>();
  return await packMessages(ctx, {
    ...{ topic: "newsletter", limit },
    compose: async (tx, receiver, events) => {
      const told: Issue[] = [];
      for (const { eventId } of events.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1))) {
        if (!issues.has(eventId)) issues.set(eventId, await readIssue(tx, eventId, ctx.now));
        const issue = issues.get(eventId);
        if (issue) told.push(issue);
      }
      const [first, ...more] = told;
      return first && issueMail([first, ...more], { language: receiver.language ?? "da", origin });
    },
  });
}

/** Sends the mail of an issue to one address, as it stands. Needs `publication.edit`. */
export async function sendTestMail(
  ctx: Context,
  { id, to, ...as }: As & { id: string; to: string },
): Promise<void> {
  const subject = { type: "publication", id } as const;
  const issue = await getIssue(ctx, { id });
  await changeUnjournalled(ctx, { action: "publication.edit", subject }, async (tx) => {
    const content = issueMail([issue], as);
    const test = { ...content, subject: `TEST ${content.subject}` };
    await putLetter(tx, { purpose: "newsletter-test", to, replyTo: null, content: test }, ctx.now);
  });
}

/** How the sending of an issue goes, without anything that its mails report themselves. */
export const readIssueFigures = async (ctx: Context, { id }: { id: string }): Promise<Figures> =>
  await readFigures(ctx, id);
