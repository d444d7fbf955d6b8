import type { DomainError } from "@sor/core";
import { OperatorReason } from "@sor/core/messages";
import { z } from "zod";
import { m } from "#lib/paraglide/messages.js";

/** A step about one message as its form posts it. */
export const StepForm = z.object({
  reason: OperatorReason.shape.reason,
  takesTwo: z.literal("on").optional(),
});

/** What core refuses about a step, in words. */
export function stepRefusal(error: DomainError): string {
  const { fault, reason } = error.details;
  if (fault === "wrong-state") return m.messages_wrong_state();
  if (fault === "second-person-needed") return m.messages_second_person();
  if (fault === "endpoint-paused") return m.messages_waits_for_endpoint();
  return reason === "already-there" ? m.messages_already_there() : m.messages_no_such_way();
}

/** What is said of a reason that is too short or too long. */
export const reasonFaults = { reason: () => m.messages_reason_rule() };
