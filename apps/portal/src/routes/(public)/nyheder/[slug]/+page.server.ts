import { DomainError } from "@sor/core";
import { articleHtml, fileRules, findNews, newsFilePath } from "@sor/core/news";
import { redirect } from "@sveltejs/kit";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx }, params }) => {
  const article = await findNews(ctx, { slug: params.slug });
  if (!article) throw new DomainError("not-found", "no-such-article");
  if ("movedTo" in article) redirect(301, `/nyheder/${article.movedTo}`);
  const { id, slug, title, summary, publishAt, changedAt, tags, corrections, files } = article;
  const attachments = files
    .filter(({ type }) => !fileRules[type].isPicture)
    .map((file) => ({ ...file, href: newsFilePath(file) }));
  return {
    article: { id, slug, title, summary, publishAt, changedAt, tags, corrections, attachments },
    html: articleHtml(article),
  };
};
