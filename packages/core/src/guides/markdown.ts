import { Marked, type MarkedExtension, type Tokens } from "marked";
import { htmlText } from "../markup/index.ts";

const plainText = (text: string) => text.replaceAll(/[&<>"*`]/g, "");

/** The id of a heading, as on the repository's own pages, so that links to `#a-heading` work. */
const idOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");

/** Cells name their column: on a phone, where a row is a card, it stands before them. */
const tables: MarkedExtension = {
  renderer: {
    table({ header, rows }) {
      const inline = (cell: (typeof header)[number] | undefined) =>
        this.parser.parseInline(cell?.tokens ?? []);
      const head = header.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("");
      const body = rows.map(([first, ...others]) => {
        const cells = others.map(
          (cell, at) => `<td data-label="${plainText(header[at + 1]?.text ?? "")}">${inline(cell)}</td>`,
        );
        return `<tr><th scope="row">${inline(first)}</th>${cells.join("")}</tr>`;
      });
      return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>\n`;
    },
  },
};

const trusted = new Marked(tables, {
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${idOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
  },
});

/** Markdown of the repository as HTML. Not for what people write: raw HTML is kept. */
export const trustedHtml = (text: string): string => trusted.parse(text, { async: false });

/** A picture that a text may show, by the name of its file. */
export type Picture = { src: string; alt: string };

type Written = {
  pictures?: ReadonlyMap<string, Picture>;
  /** Put before links to this site, for feeds and mail. */
  origin?: string;
};

const safeLink = /^(?:https?:\/\/[^\s/]|mailto:[^\s]|\/(?![/\\])|#)/i;

function linkTo(href: string, origin: string): string | undefined {
  if (!safeLink.test(href) || /[\p{Cc}\\]/u.test(href)) return undefined;
  return htmlText(href.startsWith("/") ? origin + href : href);
}

function writtenBy({ pictures = new Map(), origin = "" }: Written): Marked {
  return new Marked(tables, {
    renderer: {
      // The title of the page is the only heading of the first level; the prefix keeps ids apart from those of the page.
      heading({ tokens, depth, text }) {
        const level = Math.min(6, depth + 1);
        return `<h${level} id="afsnit-${idOf(text)}">${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      html: ({ text }: Tokens.HTML | Tokens.Tag) => htmlText(text),
      link({ href, tokens }) {
        const address = linkTo(href, origin);
        const text = this.parser.parseInline(tokens);
        return address === undefined ? text : `<a href="${address}">${text}</a>`;
      },
      image({ href, text }) {
        const picture = pictures.get(decoded(href));
        if (!picture) return htmlText(text);
        return `<img src="${htmlText(origin + picture.src)}" alt="${htmlText(text || picture.alt)}" loading="lazy">`;
      },
      checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    },
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Markdown that somebody wrote as safe HTML: raw HTML is shown as text, links lead to https, mail or this site, and pictures are
 * those given.
 */
export const writtenHtml = (text: string, how: Written = {}): string =>
  writtenBy(how).parse(text, { async: false });

const nestedMost = 20;

/** Whether a text nests quotations, lists or brackets deeper than anybody writes: rendering it would take too long. */
export const isTooNested = (text: string): boolean =>
  text.includes("[".repeat(nestedMost)) ||
  text.split("\n").some((line) => {
    const lead = /^[ \t>*+-]*/.exec(line)?.[0].replaceAll(/[ \t]/g, "") ?? "";
    // A line of hyphens or stars alone is a rule across the page.
    const isRule = lead.length === line.replaceAll(/\s/g, "").length && !lead.includes(">");
    return lead.length > nestedMost && !isRule;
  });
