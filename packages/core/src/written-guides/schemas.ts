import { z } from "zod";
import { MarkdownText, Slug } from "../news/index.ts";

/** A guide as posted by a web form. */
export const GuideForm = z.object({
  title: z.string().trim().min(3).max(200),
  slug: Slug,
  text: MarkdownText,
  isPublished: z
    .string()
    .optional()
    .transform((text) => text !== undefined),
  /** What is new, for readers. */
  note: z.string().trim().max(500).default(""),
  /** The version that the author saw; 0 for a new guide. */
  seenVersion: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type GuideForm = z.output<typeof GuideForm>;

export const GuideVersion = z.object({ version: z.coerce.number().int().min(1).max(1_000_000).optional() });
export const GuideSearch = z.object({ q: z.string().trim().max(100).optional() });
