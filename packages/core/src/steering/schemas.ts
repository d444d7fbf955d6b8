import { z } from "zod";
import { MessageSummary } from "../messages/index.ts";

/** A message that the actor's side holds and whose release takes two persons. */
export const Approval = z
  .object({
    message: MessageSummary,
    heldAt: z.iso.datetime(),
    waitsFor: z.enum(["first", "second"]).meta({ description: "Nobody has asked yet, or one has" }),
    heldFor: z.string().nullable().meta({ description: "Why it is held, where your own side wrote that" }),
    askedFor: z
      .string()
      .nullable()
      .meta({ description: "Why its release was asked for, where your own side wrote that" }),
    askedBy: z.string().nullable().meta({ description: "Who asked, where that was your own side" }),
    isOwnRequest: z.boolean().meta({ description: "You asked: another person must approve" }),
  })
  .meta({ id: "Approval", description: "A held message whose release takes two persons" });
export type Approval = z.infer<typeof Approval>;
