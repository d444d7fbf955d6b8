import { z } from "zod";
import { MessageSummary } from "../messages/index.ts";

/** A message that one's own side holds back and whose release takes two persons. */
export const Approval = z
  .object({
    message: MessageSummary,
    heldAt: z.iso.datetime(),
    waitsFor: z.enum(["first", "second"]).meta({ description: "Nobody has asked yet, or one has" }),
    heldFor: z
      .string()
      .nullable()
      .meta({ description: "Why it is held back, where your own side wrote that" }),
    askedFor: z.string().nullable().meta({ description: "Why its release was asked for, likewise" }),
    askedBy: z.string().nullable().meta({ description: "Who asked, likewise" }),
    isOwnRequest: z.boolean().meta({ description: "You asked: another person must say yes" }),
  })
  .meta({ id: "Approval", description: "A message that is held back and whose release takes two" });
export type Approval = z.infer<typeof Approval>;
