import { listMilestones, roadmapCalendar } from "@sor/core/roadmap";
import { answerFeed } from "#lib/server/feed-answer.ts";
import type { RequestHandler } from "./$types";

/** The roadmap as a calendar. */
export const GET: RequestHandler = (event) =>
  answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const milestones = await listMilestones(ctx);
    const newest = Math.max(0, ...milestones.map(({ changedAt }) => changedAt.getTime()));
    return {
      body: roadmapCalendar(milestones, { origin: config.origin }),
      changedAt: newest === 0 ? undefined : new Date(newest),
      type: "text/calendar; charset=utf-8",
    };
  });
