import { z } from "zod";
import { MailAddress, Uuid } from "../identifiers/index.ts";
import { MarkdownText } from "../news/index.ts";

/** An issue of the newsletter as posted by a web form. */
export const IssueForm = z.object({
  title: z.string().trim().min(3).max(200),
  intro: MarkdownText.max(5000),
  articles: z.array(Uuid).max(30).default([]),
  /** The version that the author saw; 0 for a new issue. */
  seenVersion: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type IssueForm = z.output<typeof IssueForm>;

export const TestMailForm = z.object({ mail: MailAddress });

/** Sends an issue; the version is the one that the author has seen. */
export const SendForm = z.object({ seenVersion: z.coerce.number().int().min(1).max(1_000_000) });

export const IssueNumber = z.coerce.number().int().min(1).max(1_000_000);
