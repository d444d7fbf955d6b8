import type { MilestoneState } from "@sor/core/roadmap";
import { m } from "#lib/words/index.ts";

const texts = {
  planned: m.roadmap_state_planned,
  running: m.roadmap_state_running,
  reached: m.roadmap_state_reached,
  postponed: m.roadmap_state_postponed,
  "needs-funding": m.roadmap_state_needs_funding,
  dropped: m.roadmap_state_dropped,
} satisfies Record<MilestoneState, () => string>;

/** The state of a milestone in the page's language. */
export const milestoneStateText = (state: MilestoneState): string => texts[state]();

/** The states for a form, in order. */
export const milestoneStateOptions = (): { value: string; text: string }[] =>
  Object.entries(texts).map(([value, text]) => ({ value, text: text() }));

const tones: Partial<Record<MilestoneState, string>> = {
  running: "plan",
  reached: "good",
  postponed: "warn",
};

/** The colour of the state's tag; the text says the same. */
export const milestoneTone = (state: MilestoneState): string => tones[state] ?? "";
