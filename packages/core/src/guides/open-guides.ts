import { readdir, readFile } from "node:fs/promises";
import { Marked } from "marked";

/** A guide: its title, and what stands below it as HTML. */
export type Guide = { title: string; html: string };
export type Guides = {
  /** Every guide in alphabetical order of its title; empty where they are not installed. */
  list: () => Promise<{ name: string; title: string }[]>;
  /** A guide, rendered once; undefined when there is none of that name. */
  find: (name: string) => Promise<Guide | undefined>;
  /** The bytes of a picture (WebP) of the guides; undefined when there is none of that name. */
  picture: (name: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;
};

const folders = new URL("../../../../docs/", import.meta.url);

const plainText = (text: string) => text.replaceAll(/[&<>"*`]/g, "");

/**
 * Headings get ids as on the repository's own pages, so that links to `#a-heading` work. Cells name their column: on a phone, where
 * a row is a card, it stands before them.
 */
const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      const id = text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-");
      return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
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
});

async function namesIn(folder: URL, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return [];
  });
  return names.flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : [])).sort();
}

/**
 * The guides of one folder of the repository's documentation, and where they are served. Links between them and to their pictures
 * lead there; links to other files become plain text.
 */
export function openGuides(of: "api" | "guides", servedAt: string): Guides {
  const folder = new URL(`${of}/`, folders);
  const images = new URL("images/", folder);
  const pages = new Map<string, Guide>();

  const withServedLinks = (text: string) =>
    text
      .replaceAll(/\]\(([a-z-]+)\.md(#[^)]*)?\)/g, `](${servedAt}/$1$2)`)
      .replaceAll(/\]\(images\/([a-z-]+\.webp)\)/g, `](${servedAt}/billeder/$1)`)
      .replaceAll(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, "$1");

  async function find(name: string): Promise<Guide | undefined> {
    const made = pages.get(name);
    if (made) return made;
    if (!(await namesIn(folder, ".md")).includes(name)) return undefined;
    const text = await readFile(new URL(`${name}.md`, folder), "utf8");
    const heading = /^# (.*)$/m;
    const [, title = name] = heading.exec(text) ?? [];
    const page = { title, html: await marked.parse(withServedLinks(text.replace(heading, ""))) };
    pages.set(name, page);
    return page;
  }

  return {
    find,
    list: async () => {
      const names = await namesIn(folder, ".md");
      const guides = names.map(async (name) => ({ name, title: (await find(name))?.title ?? name }));
      return (await Promise.all(guides)).sort((a, b) => a.title.localeCompare(b.title, "da"));
    },
    picture: async (name) => {
      if (!(await namesIn(images, ".webp")).includes(name)) return undefined;
      return new Uint8Array(await readFile(new URL(`${name}.webp`, images)));
    },
  };
}
