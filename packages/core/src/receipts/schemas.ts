import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { Uuid } from "../identifiers/index.ts";
import { MessageState } from "../messages/index.ts";

/** The outcome of a message, as reported by its receiver. */
export const ReceiptReport = z
  .strictObject({
    outcome: z.enum(["positive", "negative"]),
    reason: z.enum(["NC", "LOK", "MID", "VER", "SYN"]).optional().meta({
      description: "Of a negative one: MedCom's code, NC by default",
    }),
    // CONTRL has room for five lines of 70 characters, broken between words.
    text: z.string().trim().min(1).max(250).optional().meta({
      description:
        "Of a negative one: explanation for the sender; by default the text of the reason. No patient data",
    }),
  })
  .refine(({ outcome, reason, text }) => outcome === "positive" || reason || text, {
    message: "negative-with-reason" satisfies Fault,
  })
  .refine(({ outcome, reason, text }) => outcome === "negative" || (!reason && !text), {
    message: "positive-without-reason" satisfies Fault,
  })
  .meta({
    id: "ReceiptReport",
    description: "The outcome of a message, as reported by its receiver",
    examples: [
      { outcome: "positive" },
      { outcome: "negative", reason: "NC", text: "Patienten er ikke hos os." },
    ],
  });
export type ReceiptReport = z.infer<typeof ReceiptReport>;

/** The result of reporting a receipt. */
export const ReceiptOutcome = z
  .object({
    id: Uuid,
    state: MessageState,
    receiptMessageId: Uuid.nullable(),
    isRepeated: z.boolean().meta({ description: "Reported before; nothing was sent again" }),
  })
  .meta({ id: "ReceiptOutcome", description: "The state of the message, and the receipt that was sent" });
export type ReceiptOutcome = z.infer<typeof ReceiptOutcome>;
