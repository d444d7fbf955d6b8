import type { DomainError } from "@sor/core";
import { type NoticeFaultCode, noticeFaultCodes } from "@sor/core/status";
import type { z } from "zod";
import { m } from "#lib/words/index.ts";
import { faultText, sentenceOf } from "../fault-text.ts";

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
  "next-update-over": m.status_fault_next_update,
} satisfies Record<NoticeFaultCode, () => string>;

const codeOf = (text: unknown) => noticeFaultCodes.find((code) => code === text);

/** Texts for faults that concern several fields of a notice; otherwise the general ones. */
function ruleFault(issue: z.core.$ZodIssue): string {
  const code = codeOf(issue.message);
  return code ? texts[code]() : faultText(issue);
}

/** The fault of an entered Danish time. */
export function clockFaults(issue: z.core.$ZodIssue): string {
  const code = codeOf(issue.message);
  return code ? texts[code]() : m.status_fault_time();
}

/** Texts for the fields of the notice form where the general ones are too vague. */
export const noticeFaults = {
  plannedStart: clockFaults,
  plannedEnd: clockFaults,
  nextUpdateBy: clockFaults,
  services: () => m.status_fault_services(),
  priority: ruleFault,
  state: () => m.status_fault_state(),
};

/** What core says, at the field that it names. */
function said({ words, details: { field } }: DomainError): string | { field: string; text: string } {
  return typeof field === "string" ? { field, text: sentenceOf(words) } : sentenceOf(words);
}

/** Field texts for core's refusals of a notice or a state, and for concurrent changes. */
export const noticeRefusals = {
  conflict: (error: DomainError) =>
    typeof error.details["fault"] === "string" ? said(error) : m.status_conflict(),
  invalid: (error: DomainError) => {
    const { field, fault } = error.details;
    const code = codeOf(fault);
    if (!code) return said(error);
    return typeof field === "string" ? { field, text: texts[code]() } : texts[code]();
  },
};
