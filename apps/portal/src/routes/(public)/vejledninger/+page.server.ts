import { writtenHtml } from "@sor/core/guides";
import { GuideSearch, listPublicGuides } from "@sor/core/written-guides";
import { guides } from "#lib/server/guides.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

const plain = (html: string) => html.replaceAll(/<[^>]*>/g, " ").toLowerCase();

/** Every guide with its words: those of the repository, and those that the authority writes. */
async function allGuides(ctx: App.Locals["ctx"]) {
  const own = (await guides.list()).map(async ({ name, title }) => {
    return { name, title, words: plain((await guides.find(name))?.html ?? "") };
  });
  const written = (await listPublicGuides(ctx)).map(({ slug, title, text }) => {
    return { name: slug, title, words: plain(writtenHtml(text)) };
  });
  return [...(await Promise.all(own)), ...written].sort((a, b) => a.title.localeCompare(b.title, "da"));
}

export const load: PageServerLoad = async ({ locals: { ctx }, url }) => {
  const { q = "" } = readQuery(GuideSearch, url);
  const asked = q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (await allGuides(ctx)).filter(({ title, words }) =>
    asked.every((word) => title.toLowerCase().includes(word) || words.includes(word)),
  );
  return { q, guides: found.map(({ name, title }) => ({ name, title })) };
};
