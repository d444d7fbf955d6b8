import { dayInDenmark } from "@sor/core/validity";

/** The last day, in Denmark, on which something that ends at this instant was valid. */
export function lastDayOf(end: Date): string {
  return dayInDenmark(new Date(end.getTime() - 1));
}
