import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { WrittenDay } from "../validity/index.ts";
import { readQuarter } from "./due.ts";

export const milestoneStates = [
  "planned",
  "running",
  "reached",
  "postponed",
  "needs-funding",
  "dropped",
] as const;
export type MilestoneState = (typeof milestoneStates)[number];

const Due = z
  .string()
  .max(40)
  .transform((text, issues) => {
    const quarter = readQuarter(text);
    if (quarter !== undefined) return quarter;
    const day = WrittenDay.safeParse(text);
    if (day.success) return day.data;
    issues.addIssue({ code: "custom", message: "due-form" satisfies Fault });
    return z.NEVER;
  });

/** A milestone of the roadmap as posted by a web form. */
export const MilestoneForm = z.object({
  title: z.string().trim().min(3).max(200),
  text: z.string().trim().min(3).max(2000),
  due: Due,
  state: z.enum(milestoneStates),
  /** Why it was changed, for readers of the history. */
  note: z.string().trim().max(500).default(""),
  /** The version that the author saw; 0 for a new one. */
  seenVersion: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type MilestoneForm = z.output<typeof MilestoneForm>;
