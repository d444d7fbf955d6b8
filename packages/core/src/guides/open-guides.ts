import { readdir, readFile } from "node:fs/promises";
import { trustedHtml } from "./markdown.ts";

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
    const page = { title, html: trustedHtml(withServedLinks(text.replace(heading, ""))) };
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
