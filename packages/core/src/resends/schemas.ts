import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { Uuid } from "../identifiers/index.ts";
import { messageStates } from "../messages/index.ts";
import { MessageFilter, OperatorReason } from "../tracking/index.ts";

/** Maximum number of messages of one request. */
export const messagesMax = 10_000;
const keysMax = 1000;
const Id = Uuid;
const instant = () => z.iso.datetime();

const { after: _after, limit: _limit, keys: _keys, ...ofList } = MessageFilter.shape;

/** Which messages to resend: the filter of `GET /v1/messages`, with the keys in a list. */
export const ResendFilter = z
  .strictObject({
    ...ofList,
    keys: z.array(z.string().trim().min(1).max(64)).min(1).max(keysMax).optional().meta({
      description:
        "Message ids (UNH 0062), envelope ids (UNB 0020), the gateway's message or interchange ids",
    }),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), {
    message: "a-condition" satisfies Fault,
  })
  .meta({ id: "ResendFilter", description: "The filter of the list of messages; at least one condition" });
export type ResendFilter = z.infer<typeof ResendFilter>;

const asked = OperatorReason.extend({
  dryRun: z
    .boolean()
    .optional()
    .meta({ description: "Only report what would be sent and what would be left out" }),
});

/** Which messages to resend, and why. */
export const ResendRequest = z
  .union([asked.extend({ ids: z.array(Id).min(1).max(keysMax) }), asked.extend({ filter: ResendFilter })])
  .meta({
    id: "ResendRequest",
    description: "Messages by their ids or by a filter, and why they are resent",
    examples: [
      {
        filter: {
          receiver: "5790000123117",
          from: "2026-03-01T00:00:00Z",
          to: "2026-03-02T00:00:00Z",
          state: "delivered",
        },
        reason: "modtageren har mistet en dags post",
        dryRun: true,
      },
      { ids: ["0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34"], reason: "modtageren bad om det" },
    ],
  });
export type ResendRequest = z.infer<typeof ResendRequest>;

const LeftOutView = z
  .object({
    reason: z.enum([
      "not-found",
      "not-the-sender",
      "wrong-state",
      "payload-pruned",
      "copy-is-among-them",
      ...["LOK", "VER", "MID"],
    ] as const),
    state: z.enum(messageStates).nullable().meta({ description: "With `wrong-state`: their state" }),
    count: z.int(),
  })
  .meta({ id: "LeftOut", description: "Messages that are not resent, by reason" });

/** What resending messages would result in. */
export const ResendPlan = z
  .object({
    matched: z.int().meta({ description: "Messages that match the selection" }),
    willSend: z.int(),
    leftOut: z.array(LeftOutView),
  })
  .meta({ id: "ResendPlan", description: "What would be resent, and what would be left out and why" });
export type ResendPlan = z.infer<typeof ResendPlan>;

/** The progress of a job that resends many messages. */
export const ResendJob = z
  .object({
    id: Id,
    state: z.enum(["running", "ended", "stopped"]),
    reason: z.string(),
    messages: z.int().meta({ description: "Messages to send in total" }),
    sent: z.int(),
    refused: z.record(z.string(), z.int()).meta({
      description: "Messages that were refused when they were processed, by reason",
    }),
    waiting: z.int(),
    leftOut: z
      .array(LeftOutView)
      .meta({ description: "Messages that matched the selection and were left out" }),
    createdAt: instant(),
    endedAt: instant().nullable(),
  })
  .meta({ id: "ResendJob", description: "A job that resends many messages, a few at a time" });
export type ResendJob = z.infer<typeof ResendJob>;
