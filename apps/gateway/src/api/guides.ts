import { readdir, readFile } from "node:fs/promises";
import { marked } from "marked";

const folder = new URL("../../../../docs/api/", import.meta.url);
const pages = new Map<string, { title: string; html: string }>();

/** Links between guides point to where they are served; other links become plain text. */
function withServedLinks(text: string): string {
  return text
    .replaceAll(/\]\(([a-z-]+)\.md(#[^)]*)?\)/g, "](/docs/guides/$1$2)")
    .replaceAll(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, "$1");
}

/** The names of the guides in alphabetical order; empty where they are not installed. */
export async function listGuides(): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return [];
  });
  return names.flatMap((name) => (name.endsWith(".md") ? [name.slice(0, -3)] : [])).sort();
}

/** A guide as HTML, rendered once from its Markdown; undefined when there is none of that name. */
export async function findGuide(name: string): Promise<{ title: string; html: string } | undefined> {
  const made = pages.get(name);
  if (made) return made;
  if (!(await listGuides()).includes(name)) return undefined;
  const text = await readFile(new URL(`${name}.md`, folder), "utf8");
  const [, title = name] = /^# (.*)$/m.exec(text) ?? [];
  const page = { title, html: await marked.parse(withServedLinks(text)) };
  pages.set(name, page);
  return page;
}
