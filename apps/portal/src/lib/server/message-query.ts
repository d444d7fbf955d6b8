import type { Fault } from "@sor/core/faults";
import type { ResendFilter } from "@sor/core/resends";
import { looksLikePersonalNumber, MessageFilter, readMessageText } from "@sor/core/tracking";
import { addDays, startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";

/** Message filters in a URL: days in Denmark, the last day inclusive. */
export const MessageQuery = MessageFilter.pick({
  party: true,
  sender: true,
  receiver: true,
  reference: true,
  controlReference: true,
  messageType: true,
  state: true,
  reason: true,
}).extend({
  /** A location number, a message type, or the reference of a message or envelope: see `readMessageText`. */
  text: z
    .string()
    .trim()
    .max(64)
    .refine((text) => !looksLikePersonalNumber(text), "personal-number" satisfies Fault)
    .optional(),
  fromDay: WrittenDay.optional(),
  toDay: WrittenDay.optional(),
});
export type MessageQuery = z.output<typeof MessageQuery>;

const instantOf = (day: string) => startOfDayInDenmark(day).toISOString();

/** The filter for core. */
export function filterOf({ text, fromDay, toDay, ...filter }: MessageQuery): ResendFilter {
  return {
    ...(text && readMessageText(text)),
    ...filter,
    ...(fromDay !== undefined && { from: instantOf(fromDay) }),
    ...(toDay !== undefined && { to: instantOf(addDays(toDay, 1)) }),
  };
}

/** The query string, without absent values. */
export function addressQuery(query: MessageQuery): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}
