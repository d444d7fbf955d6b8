import { htmlText } from "../markup/index.ts";
import { mailPage } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";

/** What the mail says that asks to confirm an address; nothing of it was written by the asker. */
type Words = {
  subject: string;
  asked: string;
  what: string;
  ignore: string;
};

/** The mail that asks to confirm an address: a link to a page with a button. `prefix` stands before its subject. */
export function composeConfirmation(
  link: string,
  { subject, asked, what, ignore }: Words,
  { language, prefix }: { language: "da" | "en"; prefix: string },
): OutboxContent {
  const shown = htmlText(link);
  return {
    subject: `${prefix} ${subject}`,
    text: `${asked}\n\n${what}\n\n${link}\n\n${ignore}\n`,
    html: mailPage(
      language,
      subject,
      `<p>${htmlText(asked)}</p><p>${htmlText(what)}</p><p><a href="${shown}">${shown}</a></p><p>${htmlText(ignore)}</p>`,
    ),
    json: "{}",
    references: [],
  };
}
