/** A stretch of time on a bar, in milliseconds since 1970; `to` null while it has no end. */
export type BarPeriod = { from: number; to: number | null };
/** What a bar shows, in milliseconds since 1970. */
export type BarScale = { first: number; last: number; now: number };
type BarBlock = { x: number; width: number; state: "past" | "now" | "coming" };

const yearMs = 365 * 86_400_000;

/** The scale of bars that hold all these periods and moments, and a year after the last of them. */
export function scaleOf(periods: readonly BarPeriod[], moments: readonly number[], now: number): BarScale {
  const firsts = periods.map(({ from }) => from);
  const ends = periods.map(({ from, to }) => to ?? from);
  return {
    first: Math.min(...firsts, ...moments, now),
    last: Math.max(...ends, ...moments, now) + yearMs,
    now,
  };
}

/** The blocks of periods on a bar of a width; each at least wide enough to be seen, so that gaps show too. */
export function blocksOf(
  periods: readonly BarPeriod[],
  { first, last, now }: BarScale,
  width: number,
): BarBlock[] {
  const placeOf = (instant: number) => ((instant - first) / (last - first)) * width;
  return periods.map(({ from, to }) => {
    const x = placeOf(from);
    const state = from > now ? "coming" : to !== null && to <= now ? "past" : "now";
    return { x, state, width: Math.max(4, placeOf(to ?? last) - x - 2) };
  });
}
