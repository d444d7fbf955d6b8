import type { DomainError } from "@sor/core";
import { MessageSearch, OperatorReason } from "@sor/core/tracking";
import { z } from "zod";
import { m } from "#lib/words/index.ts";

/** A step about one message as its form posts it. */
export const StepForm = z.object({
  reason: OperatorReason.shape.reason,
  takesTwo: z.literal("on").optional(),
});

const charactersMax = 70_000;

/** Pasted keys, separated by newlines, commas, semicolons or blanks. */
export const PastedKeys = z
  .string()
  .max(charactersMax)
  .transform((text) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))])
  .pipe(MessageSearch.shape.keys.unwrap());

/** Texts for core's refusals of a step. */
export function stepRefusal(error: DomainError): string {
  const { fault, reason } = error.details;
  if (fault === "wrong-state") return m.messages_wrong_state();
  if (fault === "nothing-to-approve") return m.messages_wrong_state();
  if (fault === "second-person-needed") return m.messages_second_person();
  if (fault === "not-independent") return m.messages_not_independent();
  if (fault === "held-by-other-side") return m.messages_held_by_other_side();
  if (fault === "endpoint-paused") return m.messages_waits_for_endpoint();
  return reason === "already-there" ? m.messages_already_there() : m.messages_no_such_way();
}

/** The text for a reason that is too short or too long. */
export const reasonFaults = { reason: () => m.messages_reason_rule() };
