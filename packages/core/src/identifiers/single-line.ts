import { z } from "zod";
import type { Fault } from "../faults/index.ts";

/** A one-line text such as a name: trimmed, not empty, at most `max` characters, no control characters or line breaks. */
export const singleLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), "control-characters" satisfies Fault);
