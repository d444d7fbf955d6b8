import { addDays, dayInDenmark, instantsOnDanishClock, isWorkingDay } from "../validity/index.ts";

export const supports = ["technical", "professional"] as const;
export type Support = (typeof supports)[number];

type Hours = {
  /** 1 Monday to 7 Sunday; working days only. */
  weekdays: readonly number[];
  /** From and to, Danish local time. */
  times: readonly (readonly [from: string, to: string])[];
};

const openingHours: Readonly<Record<Support, Hours>> = {
  technical: { weekdays: [1, 2, 3, 4, 5], times: [["09:00", "15:00"]] },
  professional: {
    weekdays: [1, 3, 5],
    times: [
      ["10:00", "11:30"],
      ["13:00", "14:30"],
    ],
  },
};

/** Longer than any row of holidays. */
const daysAhead = 30;

const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

function instantOf(day: string, time: string): Date {
  const [instant] = instantsOnDanishClock(`${day}T${time}`);
  if (!instant) throw new Error("opening hours are not at night, when the clocks change");
  return instant;
}

/** Whether a support answers at that time, and when that changes next: holidays, 24 and 31 December are closed. */
export function openState(support: Support, now: Date): { isOpen: boolean; changesAt: Date } {
  const { weekdays, times } = openingHours[support];
  let day = dayInDenmark(now);
  for (let ahead = 0; ahead < daysAhead; ahead += 1, day = addDays(day, 1)) {
    if (!isWorkingDay(day) || !weekdays.includes(weekdayOf(day))) continue;
    for (const [from, to] of times) {
      const [opens, closes] = [instantOf(day, from), instantOf(day, to)];
      if (now < opens) return { isOpen: false, changesAt: opens };
      if (now < closes) return { isOpen: true, changesAt: closes };
    }
  }
  throw new Error("a support opens within a month");
}
