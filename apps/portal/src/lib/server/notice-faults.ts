import type { DomainError } from "@sor/core";
import { type NoticeFaultCode, noticeFaultCodes } from "@sor/core/status";
import type { z } from "zod";
import { m } from "#lib/words/index.ts";
import { faultText } from "./forms.ts";

const texts = {
  "state-of-other-kind": m.status_fault_state,
  "incident-without-priority": m.status_fault_priority,
  "window-without-times": m.status_fault_window_times,
  "window-over": m.status_fault_window_over,
  "end-before-start": m.status_fault_end_before_start,
  "not-a-time": m.status_fault_time,
  "no-such-day": m.status_fault_no_such_day,
  "no-such-time": m.status_fault_no_such_time,
  "ambiguous-time": m.status_fault_ambiguous,
} satisfies Record<NoticeFaultCode, () => string>;

const codeOf = (text: unknown) => noticeFaultCodes.find((code) => code === text);

/** The words of what a rule between the fields of a notice found; for everything else the general ones. */
function ruleFault(issue: z.core.$ZodIssue): string {
  const code = codeOf(issue.message);
  return code ? texts[code]() : faultText(issue);
}

/** What is wrong with a time typed as the Danish clock shows it. */
export function clockFaults(issue: z.core.$ZodIssue): string {
  const code = codeOf(issue.message);
  return code ? texts[code]() : m.status_fault_time();
}

/** Texts for the fields of the notice form where the general ones say too little. */
export const noticeFaults = {
  plannedStart: clockFaults,
  plannedEnd: clockFaults,
  services: () => m.status_fault_services(),
  priority: ruleFault,
  state: () => m.status_fault_state(),
};

/** Words at the field for what core refuses of a notice or a state, and for what somebody else changed meanwhile. */
export const noticeRefusals = {
  conflict: () => m.status_conflict(),
  invalid: ({ details }: DomainError) => {
    const code = codeOf(details["fault"]);
    const text = code ? texts[code]() : m.form_refused_invalid();
    return typeof details["field"] === "string" ? { field: details["field"], text } : text;
  },
};
