import { writtenHtml } from "@sor/core/guides";
import { getSentIssue, IssueNumber } from "@sor/core/newsletter";
import { readParam } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx }, params }) => {
  const issue = await getSentIssue(ctx, { number: readParam(IssueNumber, params.nummer) });
  const articles = issue.articles.map((article) => ({ ...article, tags: [] }));
  const { title, sentAt, intro } = issue;
  return { title, sentAt, html: writtenHtml(intro), articles };
};
