import { z } from "zod";
import type { Fault } from "../faults/index.ts";

const written = "whole-number" satisfies Fault;

/**
 * A whole number from `min` to `max` in a query parameter: digits only. Other texts that JavaScript converts to a number (`1e1`,
 * `+5`, `0x10`, empty) are rejected. A number is accepted as well.
 */
export const queryNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
    z
      .int({ error: ({ code }) => (code === "invalid_type" ? written : undefined) })
      .min(min)
      .max(max),
  );
