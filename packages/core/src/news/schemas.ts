import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { isTooNested } from "../guides/index.ts";
import { MailAddress, Uuid } from "../identifiers/index.ts";
import { WebsiteField } from "../public-subscriptions/index.ts";
import { readDanishTime, WhichHour } from "../validity/index.ts";
import { slugOf } from "./slug.ts";

/** The last part of an article's address. */
export const Slug = z
  .string()
  .trim()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "address-form" satisfies Fault)
  // Other pages below /nyheder.
  .refine((slug) => !["abonner", "abonnement", "fil"].includes(slug), "address-taken" satisfies Fault);

/** Markdown that somebody wrote. */
export const MarkdownText = z
  .string()
  .trim()
  .min(3)
  .max(50_000)
  .refine((text) => !isTooNested(text), "too-nested" satisfies Fault);

const tagsMost = 10;
const Tag = z.string().min(2).max(40);
const Tags = z
  .string()
  .max(500)
  .default("")
  .transform((text) => [
    ...new Set(
      text
        .split(",")
        .map((tag) => tag.trim().toLowerCase())
        .filter(Boolean),
    ),
  ])
  .pipe(z.array(Tag).max(tagsMost));

const Tick = z
  .string()
  .optional()
  .transform((text) => text !== undefined);

/** An article as posted by a web form. `when` says when it is public: not yet, at once, or at a Danish local time. */
export const ArticleForm = z
  .object({
    title: z.string().trim().min(3).max(200),
    /** Empty: made of the title. */
    slug: z.union([z.literal(""), Slug]).default(""),
    summary: z.string().trim().min(3).max(500),
    text: MarkdownText,
    tags: Tags,
    when: z.enum(["draft", "now", "planned"]),
    publishAt: z.string().max(40).default(""),
    publishAtHour: WhichHour,
    isQuiet: Tick,
    /** What was corrected, when the article is public already. */
    correction: z.string().trim().max(500).default(""),
    /** The version that the author saw; 0 for a new article. */
    seenVersion: z.coerce.number().int().min(0).max(1_000_000).default(0),
  })
  .transform(({ publishAt, publishAtHour, isQuiet, slug, ...form }, issues) => {
    const at = form.when === "planned" ? readDanishTime(publishAt, publishAtHour) : null;
    const isFault = at !== null && "fault" in at;
    if (isFault || (at === null && form.when === "planned")) {
      const message = isFault ? at.fault : "not-a-time";
      issues.addIssue({ code: "custom", path: ["publishAt"], message });
      return z.NEVER;
    }
    return {
      ...form,
      slug: slug || slugOf(form.title),
      isOwnSlug: slug !== "",
      publishAt: at,
      isMailed: !isQuiet,
    };
  });
export type ArticleForm = z.output<typeof ArticleForm>;

/** What is said of a file that is added to an article: the alternative text of a picture, the title of an attachment. */
export const FileForm = z.object({ articleId: Uuid, description: z.string().trim().min(3).max(300) });

export const FileRemoval = z.object({ articleId: Uuid, fileId: Uuid });

/** What `/nyheder` and its feeds are narrowed to. */
export const NewsFilter = z.object({
  aar: z.coerce.number().int().min(1990).max(2200).optional(),
  emne: Tag.optional(),
  side: z.coerce.number().int().min(1).max(10_000).default(1),
});

const choice = {
  digest: z.enum(["at-once", "daily"]).default("at-once"),
  language: z.enum(["da", "en"]),
};

/** How somebody who subscribes to news or the newsletter wants it. */
export const NewsChoiceForm = z.object(choice);

/** Signing up for news or the newsletter, as posted by a web form. */
export const NewsSubscriptionForm = z
  .object({ ...choice, mail: MailAddress, website: WebsiteField })
  .transform(({ mail: address, website, ...rest }) => ({ address, isByProgram: website !== "", ...rest }));
export type NewsSubscriptionForm = z.output<typeof NewsSubscriptionForm>;
