import { htmlText } from "../markup/index.ts";
import type { OutboxContent } from "./tables.ts";

type Links = {
  /** The page where the subscription is changed, if it has one. */
  manage?: string | undefined;
  unsubscribe: string;
};

const words = {
  da: { manage: "Administrér", unsubscribe: "Afmeld" },
  en: { manage: "Manage", unsubscribe: "Unsubscribe" },
};

function named(what: keyof Links, language: "da" | "en" | null): string {
  return language === null ? `${words.da[what]} / ${words.en[what]}` : words[language][what];
}

/** A mail's content with the links of its receiver, in the receiver's language or in both. */
export function withLinks(content: OutboxContent, links: Links, language: "da" | "en" | null): OutboxContent {
  const lines = (["manage", "unsubscribe"] as const).flatMap((what) => {
    const link = links[what];
    return link === undefined ? [] : [{ name: named(what, language), link }];
  });
  const text = `${content.text}\n${lines.map(({ name, link }) => `${name}: ${link}\n`).join("")}`;
  const html = lines.map(
    ({ name, link }) => `<p>${name}: <a href="${htmlText(link)}">${htmlText(link)}</a></p>`,
  );
  return { ...content, text, html: content.html.replace("</body>", () => `${html.join("")}</body>`) };
}
