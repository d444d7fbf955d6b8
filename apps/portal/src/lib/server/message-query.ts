import type { ResendFilter } from "@sor/core/resends";
import { MessageFilter } from "@sor/core/tracking";
import { addDays, startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import type { z } from "zod";

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
}).extend({ fromDay: WrittenDay.optional(), toDay: WrittenDay.optional() });
export type MessageQuery = z.output<typeof MessageQuery>;

const instantOf = (day: string) => startOfDayInDenmark(day).toISOString();

/** The filter for core. */
export function filterOf({ fromDay, toDay, ...filter }: MessageQuery): ResendFilter {
  return {
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
