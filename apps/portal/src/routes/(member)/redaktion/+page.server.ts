import { listArticles } from "@sor/core/news";
import { listIssues } from "@sor/core/newsletter";
import { dueText, listMilestones } from "@sor/core/roadmap";
import { listWrittenGuides } from "@sor/core/written-guides";
import { requireRole } from "#lib/server/guards.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  const articles = (await listArticles(ctx)).map(({ id, title, publishAt, changedAt, tags }) => {
    return { id, title, publishAt, changedAt, tags };
  });
  const issues = (await listIssues(ctx)).map(({ id, title, sentAt, changedAt }) => ({
    id,
    title,
    sentAt,
    changedAt,
  }));
  const milestones = (await listMilestones(ctx)).map(({ id, title, due, state }) => ({
    id,
    title,
    state,
    due: dueText(due),
  }));
  const guides = (await listWrittenGuides(ctx)).map(({ id, title, publishedAt, changedAt }) => {
    return { id, title, publishedAt, changedAt };
  });
  return {
    ...{ articles, issues, milestones, guides },
    now: ctx.now,
    isDeleted: event.url.searchParams.has("slettet"),
  };
};
