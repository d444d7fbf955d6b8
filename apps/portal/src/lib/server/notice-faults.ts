import type { z } from "zod";
import { m } from "#lib/paraglide/messages.js";

/** What is wrong with a time typed as the Danish clock shows it. */
export function clockFaults(issue: z.core.$ZodIssue): string {
  const texts: Record<string, () => string> = {
    ambiguous: m.status_fault_ambiguous,
    "no such time": m.status_fault_no_such_time,
    "the end is after the start": m.status_fault_end_before_start,
    "a window has a start and an end": m.status_fault_window_times,
  };
  return (texts[issue.message] ?? m.status_fault_time)();
}

/** Texts for the fields of the notice form where the general ones say too little. */
export const noticeFaults = {
  plannedStart: clockFaults,
  plannedEnd: clockFaults,
  services: () => m.status_fault_services(),
  priority: () => m.status_fault_priority(),
  state: () => m.status_fault_state(),
};
