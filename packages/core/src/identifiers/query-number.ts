import { z } from "zod";

const written = "a whole number, written in digits";

/**
 * A whole number from `min` to `max` as an address carries it: digits alone. What else JavaScript takes for a number (`1e1`, `+5`,
 * `0x10`, nothing) is refused. Given as a number it is taken as well.
 */
export const queryNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
    z
      .int({ error: ({ code }) => (code === "invalid_type" ? written : undefined) })
      .min(min)
      .max(max),
  );
