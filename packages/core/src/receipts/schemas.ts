import { z } from "zod";
import { Uuid } from "../identifiers/index.ts";
import { MessageState } from "../messages/index.ts";

/** What the receiver of a message says became of it. */
export const ReceiptReport = z
  .strictObject({
    outcome: z.enum(["positive", "negative"]),
    reason: z.enum(["NC", "LOK", "MID", "VER", "SYN"]).optional().meta({
      description: "Of a negative one: MedCom's code, NC when none is given",
    }),
    // CONTRL has room for five lines of 70 characters, broken between words.
    text: z.string().trim().min(1).max(250).optional().meta({
      description: "Of a negative one: why, for the sender; without it the reason in words. No patient data",
    }),
  })
  .refine(({ outcome, reason, text }) => outcome === "positive" || reason || text, {
    message: "a negative receipt says why: reason, text or both",
  })
  .refine(({ outcome, reason, text }) => outcome === "negative" || (!reason && !text), {
    message: "a positive receipt carries no reason",
  })
  .meta({
    id: "ReceiptReport",
    description: "What became of a message, as its receiver says",
    examples: [
      { outcome: "positive" },
      { outcome: "negative", reason: "NC", text: "Patienten er ikke hos os." },
    ],
  });
export type ReceiptReport = z.infer<typeof ReceiptReport>;

/** What reporting a receipt came to. */
export const ReceiptOutcome = z
  .object({
    id: Uuid,
    state: MessageState,
    receiptMessageId: Uuid.nullable(),
    isRepeated: z.boolean().meta({ description: "Said before, in the same words; nothing was sent again" }),
  })
  .meta({ id: "ReceiptOutcome", description: "Where the message stands, and the receipt that was sent" });
export type ReceiptOutcome = z.infer<typeof ReceiptOutcome>;
