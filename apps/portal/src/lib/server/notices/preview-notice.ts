import { composeNoticeMail } from "@sor/core/notice-mail";
import { entryHtml, entryTitle, type ReadNotice, type Service } from "@sor/core/status";

/** A notice as the public page, the feeds and the mail would show it if it were published at `now`. */
export function previewNotice(
  input: ReadNotice,
  all: readonly Service[],
  { now, origin }: { now: Date; origin: string },
) {
  const { kind, title, state, text, priority, plannedStart, plannedEnd, nextUpdateBy, isSent } = input;
  const services = all.filter(({ id }) => input.services.includes(id));
  const shown = { kind, title, state, text, services, plannedStart, plannedEnd, noticeId: "…", number: 1 };
  const entry = { ...shown, id: "", publishedAt: now, changedAt: now };
  const told = { ...shown, publishedAt: now, isReminder: false };
  const mail = composeNoticeMail({ updates: [told], language: "da", origin, references: [] });
  const times = { plannedStart, plannedEnd, nextUpdateBy, closedAt: null, createdAt: now, updatedAt: now };
  return {
    card: { id: "", kind, title, state, priority, services, updates: [{ text }], ...times },
    feed: { title: entryTitle(entry), html: entryHtml(entry) },
    mail: isSent ? { subject: mail.subject, text: mail.text } : null,
  };
}
