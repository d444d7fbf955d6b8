import { dueText, listMilestones, quarterOf } from "@sor/core/roadmap";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx, language } }) => {
  const milestones = (await listMilestones(ctx)).map((each) => ({
    ...{ id: each.id, title: each.title, text: each.text, state: each.state, changedAt: each.changedAt },
    ...{ due: dueText(each.due, language), quarter: quarterOf(each.due) },
    history: each.history.map((version) => ({ ...version, due: dueText(version.due, language) })),
  }));
  const quarters = [...Map.groupBy(milestones, ({ quarter }) => quarter)].map(([quarter, items]) => {
    return { name: dueText(quarter, language), items };
  });
  return { milestones, quarters };
};
