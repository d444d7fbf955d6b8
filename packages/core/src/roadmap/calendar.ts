import { calendarDocument } from "../markup/index.ts";
import { dueText, lastDayOf } from "./due.ts";
import type { Milestone } from "./milestones.ts";
import type { MilestoneState } from "./schemas.ts";

/** Danish names of the states. */
const stateNames: Readonly<Record<MilestoneState, string>> = {
  planned: "Planlagt",
  running: "I gang",
  reached: "Nået",
  postponed: "Udskudt",
  "needs-funding": "Forudsætter finansiering",
  dropped: "Opgivet",
};

/** The roadmap as a calendar: each milestone on its day, or on the last day of its quarter; one that was given up is cancelled. */
export function roadmapCalendar(all: readonly Milestone[], { origin }: { origin: string }): string {
  return calendarDocument({
    name: "Køreplan for SOR",
    about: "Køreplan",
    days: all.map(({ id, title, text, due, state, version, changedAt }) => ({
      ...{ uid: `${id}@koereplan`, changedAt, sequence: version - 1, isCancelled: state === "dropped" },
      ...{ title: `${title} (${stateNames[state]}, ${dueText(due)})`, text, day: lastDayOf(due) },
      address: `${origin}/koereplan#milepael-${id}`,
    })),
  });
}
