import { z } from "zod";
import { after, Day, limit } from "../schemas.ts";

const historic = z.enum(["include", "leave-out"]).default("leave-out");

/** A page of the direct children of a SHAK code; `code` null for the hospitals. */
export const ShakListQuestion = z.object({
  code: z.string().max(20).nullable(),
  validAt: Day.optional(),
  historic,
  limit: limit().default(200),
  after,
});
export type ShakListQuestion = z.input<typeof ShakListQuestion>;

/** A search for SHAK codes by code or name. */
export const ShakSearchQuestion = z.object({
  q: z.string().max(200),
  validAt: Day.optional(),
  historic,
  limit: limit().default(50),
  after,
});
export type ShakSearchQuestion = z.input<typeof ShakSearchQuestion>;

/** What differs of SHAK between two days, of all codes or of those that begin with `under`. */
export const ShakDifferencesQuestion = z.object({
  from: Day,
  to: Day,
  under: z
    .string()
    .regex(/^[0-9A-ZÆØÅ]{1,7}$/)
    .optional(),
  limit: limit().default(200),
  after,
});
export type ShakDifferencesQuestion = z.input<typeof ShakDifferencesQuestion>;

/** Cursor key of a list of codes. */
export const CodeKey = z.tuple([z.string()]);
