/** The level of a unit in the register. */
export type CodeLevel = "owner" | "institution" | "unit";

/** A code of a list: its names, the levels it may be used for, and the days from and before which it may be chosen. */
export type Code = {
  code: string;
  da: string;
  en: string;
  for: readonly CodeLevel[];
  /** First day on which it may be chosen, `YYYY-MM-DD`; absent where no list says so. */
  from?: string;
  /** First day on which it may no longer be chosen. Units that have it keep it, and its name. */
  to?: string;
};

/** The day of these lists: codes that are in use but no longer in the authority's lists, whose own end is not known, end here. */
export const edition = "2026-01-01";

export const onlyOwner: readonly CodeLevel[] = ["owner"];
export const onlyUnit: readonly CodeLevel[] = ["unit"];
export const belowOwner: readonly CodeLevel[] = ["institution", "unit"];
export const everyLevel: readonly CodeLevel[] = ["owner", "institution", "unit"];
