import { htmlText } from "../markup/index.ts";
import { mailPage, oneLine } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";
import { formatDanishDay } from "../validity/index.ts";
import { mailWords } from "./wording.ts";

/** An article as a mail tells it. */
export type ToldArticle = { slug: string; title: string; summary: string; publishAt: Date };

type Told = { text: string; html: string };

/** An article in a mail: title, day, summary and link. What is written in it is Danish. */
export function toldArticle({ slug, title, summary, publishAt }: ToldArticle, origin: string): Told {
  const link = `${origin}/nyheder/${slug}`;
  const day = formatDanishDay(publishAt);
  const shown = htmlText(link);
  return {
    text: `${oneLine(title)}\n${day}\n\n${summary}\n\n${link}`,
    html: `<h2>${htmlText(oneLine(title))}</h2><p>${day}</p><p>${htmlText(summary).replaceAll(/\r?\n/g, "<br>")}</p><p><a href="${shown}">${shown}</a></p>`,
  };
}

/** A mail of blocks in Danish, with why it comes in the receiver's language. */
export function mailOfBlocks(mail: {
  topic: "news" | "newsletter";
  subject: string;
  blocks: readonly Told[];
  language: "da" | "en";
  json: string;
}): OutboxContent {
  const { prefix, why } = mailWords[mail.topic][mail.language];
  const rule = "\n\n--------\n\n";
  const html = mail.blocks.map((block) => `<div lang="da">${block.html}</div>`).join("<hr>");
  return {
    subject: `${prefix} ${oneLine(mail.subject)}`,
    text: `${mail.blocks.map(({ text }) => text).join(rule)}${rule}${why}\n`,
    html: mailPage(mail.language, oneLine(mail.subject), `${html}<hr><p>${htmlText(why)}</p>`),
    json: mail.json,
    references: [],
  };
}

/** One mail with every article that one subscriber is to be told of now. */
export function composeNewsMail(
  articles: readonly ToldArticle[],
  { language, origin }: { language: "da" | "en"; origin: string },
): OutboxContent {
  const [only] = articles;
  const isOne = only && articles.length === 1;
  return mailOfBlocks({
    ...{ topic: "news", language },
    subject: isOne ? only.title : `${articles.length} ${mailWords.news[language].several}`,
    blocks: articles.map((article) => toldArticle(article, origin)),
    json: JSON.stringify({ type: "news", data: { articles: articles.map(({ slug }) => slug) } }),
  });
}
