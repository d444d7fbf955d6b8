import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { queryNumber } from "../identifiers/index.ts";

/** Maximum number of messages counted in one answer. */
export const countedMax = 100_000;
const daysMax = 31;
const hour = 3_600_000;

const duration = /^P(?:(\d{1,2})D|T(\d{1,3})H)$/;

/** A period of days or hours up to now, ISO 8601: P7D, PT24H. Parsed to milliseconds. */
export const Period = z
  .string()
  .regex(duration, "duration-form" satisfies Fault)
  .transform((text) => {
    const [, days, hours] = duration.exec(text) ?? [];
    return (Number(days ?? 0) * 24 + Number(hours ?? 0)) * hour;
  })
  .refine((span) => span > 0 && span <= daysMax * 24 * hour, {
    message: "duration-range" satisfies Fault,
  });

/** Which deliveries to count, and the target for them. */
export const SlaQuestion = z.strictObject({
  receiver: z.string().min(1).max(35).optional(),
  sender: z.string().min(1).max(35).optional(),
  type: z.string().min(1).max(40).optional().meta({ description: "Message type, DIS91" }),
  period: Period.prefault("P7D").meta({
    description:
      "Messages accepted within this period up to now: days or hours (P7D, PT24H), at most 31 days",
  }),
  target: queryNumber(1, 432_000).optional().meta({
    description: "Seconds from acceptance to delivery; default: the gateway's (DELIVERY_TARGET_SECONDS)",
  }),
});
export type SlaQuestion = z.infer<typeof SlaQuestion>;

const instant = () => z.iso.datetime();
const seconds = () => z.number().nullable();

/** Delivery statistics. */
export const DeliverySla = z
  .object({
    from: instant(),
    to: instant(),
    targetSeconds: z.int(),
    counted: z.int().meta({ description: "Messages accepted for delivery; not those rejected or withdrawn" }),
    isComplete: z.boolean().meta({
      description: "False: there were more than 100,000 messages, and only the newest were counted",
    }),
    delivered: z.int(),
    waiting: z.int().meta({ description: "Under way or held" }),
    notDelivered: z.int().meta({ description: "Permanently refused, or expired" }),
    secondsToDelivered: z
      .object({ p50: seconds(), p90: seconds(), p99: seconds() })
      .meta({ description: "Of those delivered, seconds from acceptance; null when there are none" }),
    withinTarget: z.object({ due: z.int(), met: z.int(), percent: z.number().nullable() }).meta({
      description: "Messages delivered or past the target, and those of them delivered in time",
    }),
    receipts: z
      .object({
        asked: z.int(),
        outstanding: z.int(),
        overdue: z.int(),
        oldestOutstandingAt: instant().nullable(),
      })
      .meta({ description: "Business receipts that the senders asked for; outstanding: of those delivered" }),
  })
  .meta({
    id: "DeliverySla",
    description: "How long deliveries took, how many met the target, and missing receipts",
  });
export type DeliverySla = z.infer<typeof DeliverySla>;
