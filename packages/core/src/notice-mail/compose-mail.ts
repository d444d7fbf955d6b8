import { htmlText } from "../markup/index.ts";
import { mailPage, oneLine } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";
import { composeConfirmation } from "../public-subscriptions/index.ts";
import type { NoticeState } from "../status/index.ts";
import { formatDanishInstant } from "../validity/index.ts";
import { type Language, mailWords, stateNames } from "./wording.ts";

/** One update of a notice, as a mail tells it. */
export type ToldUpdate = {
  noticeId: string;
  number: number;
  title: string;
  state: NoticeState;
  text: string;
  plannedStart: Date | null;
  plannedEnd: Date | null;
  publishedAt: Date;
  /** The window is near; there is no new update. */
  isReminder: boolean;
  services: readonly { nameDa: string; nameEn: string }[];
};

function headingOf({ state, title, isReminder }: ToldUpdate, language: Language): string {
  const word = isReminder ? mailWords[language].reminder : stateNames[language][state];
  return `${word}: ${oneLine(title)}`;
}

function subjectOf(updates: readonly ToldUpdate[], language: Language): string {
  const [only] = updates;
  const { several, prefix } = mailWords[language];
  if (only && updates.length === 1) return `${prefix} ${headingOf(only, language)}`;
  return `${prefix} ${updates.length} ${several}`;
}

function linesOf(update: ToldUpdate, language: Language): string[] {
  const { services, planned, to, updated } = mailWords[language];
  const names = update.services.map(({ nameDa, nameEn }) => (language === "en" ? nameEn : nameDa));
  const { plannedStart, plannedEnd } = update;
  const at = (instant: Date) => formatDanishInstant(instant, language);
  return [
    `${services}: ${names.join(", ")}`,
    ...(plannedStart && plannedEnd ? [`${planned}: ${at(plannedStart)} ${to} ${at(plannedEnd)}`] : []),
    `${updated}: ${at(update.publishedAt)}`,
  ];
}

const paragraphsOf = (text: string) =>
  text
    .split(/\r?\n\s*\r?\n/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean);

const linkOf = ({ noticeId, number }: ToldUpdate, origin: string) =>
  `${origin}/drift/${noticeId}#opdatering-${number}`;

function htmlOf(update: ToldUpdate, language: Language, origin: string): string {
  const link = htmlText(linkOf(update, origin));
  const text = paragraphsOf(update.text)
    .map((paragraph) => `<p lang="da">${htmlText(paragraph).replaceAll(/\r?\n/g, "<br>")}</p>`)
    .join("");
  return `<h2>${htmlText(headingOf(update, language))}</h2><p>${linesOf(update, language).map(htmlText).join("<br>")}</p>${text}<p><a href="${link}">${link}</a></p>`;
}

/** One mail with everything that one subscriber is to be told now, in the subscriber's language. */
export function composeNoticeMail(mail: {
  updates: readonly ToldUpdate[];
  language: Language;
  /** Address of the portal, without a trailing slash. */
  origin: string;
  references: readonly string[];
}): OutboxContent {
  const { updates, language, origin, references } = mail;
  const { why } = mailWords[language];
  const subject = subjectOf(updates, language);
  const texts = updates.map((update) =>
    [
      headingOf(update, language),
      linesOf(update, language).join("\n"),
      ...paragraphsOf(update.text),
      linkOf(update, origin),
    ].join("\n\n"),
  );
  const blocks = updates.map((update) => htmlOf(update, language, origin));
  return {
    subject,
    text: `${texts.join("\n\n--------\n\n")}\n\n--------\n\n${why}\n`,
    html: mailPage(language, subject, `${blocks.join("<hr>")}<hr><p>${htmlText(why)}</p>`),
    json: JSON.stringify({
      type: "notices",
      data: { updates: updates.map(({ noticeId, number }) => ({ noticeId, number })) },
    }),
    references,
  };
}

/** The mail that asks to confirm an address for notices. */
export function confirmationMail(link: string, language: Language): OutboxContent {
  const { confirmSubject: subject, confirm, prefix } = mailWords[language];
  const [asked, what, ignore] = confirm;
  return composeConfirmation(link, { subject, asked, what, ignore }, { language, prefix });
}
