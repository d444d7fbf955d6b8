import { z } from "zod";
import { queryNumber } from "../identifiers/index.ts";

/** The kinds of subjects that the feed tells of. */
export const ChangedEntity = z
  .enum(["unit", "location", "shak-code"])
  .meta({ id: "ChangedEntity", description: "What an entry of the change feed is about" });

/** Where to read from, and of what. */
export const ChangesFilter = z.strictObject({
  after: queryNumber(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: "The number read last: `next` of the page before, or the sequence of a snapshot" }),
  entity: ChangedEntity.optional(),
});
export const ChangesQuestion = ChangesFilter.extend({
  limit: queryNumber(1, 1000)
    .default(100)
    .meta({ description: "Entries at most, unless one transaction has more" }),
  wait: queryNumber(0, 30).default(0).meta({
    description: "Seconds to wait for an entry when there is none; a key is needed to wait",
  }),
});
export type ChangesFilter = z.infer<typeof ChangesFilter>;

/** A change to one subject. */
const ChangeEntry = z
  .object({
    sequence: z.int().meta({ description: "Its number in the journal" }),
    offset: z.string().meta({ description: "The same as text, as Last-Event-ID takes it" }),
    at: z.iso.datetime(),
    transaction: z
      .int()
      .meta({ description: "Entries with the same number were made together: apply all or none" }),
    isLast: z.boolean().meta({ description: "Whether it is the last of its transaction that is shown" }),
    changeSetId: z.string().nullable(),
    action: z
      .string()
      .meta({ description: "`validity.change` where something began or ended to hold as time passed" }),
    entity: ChangedEntity,
    id: z.string().meta({ description: "SOR id, location number or SHAK code" }),
    glns: z.array(z.string()).meta({ description: "Location numbers to read again" }),
    sorIds: z.array(z.string()).meta({ description: "Units to read again" }),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: "ChangeEntry", description: "A change to a unit, a location number or a SHAK code" });

/** A page of the feed. */
export const ChangePage = z
  .object({
    items: z.array(ChangeEntry),
    next: z.string().meta({ description: "Continue with after=next: up to it every entry has been told" }),
    sequence: z.int().meta({ description: "Number of the newest entry of the journal" }),
    isEnd: z.boolean().meta({ description: "Whether there was nothing more when the page was read" }),
  })
  .meta({ id: "ChangePage", description: "Changes in order" });
export type ChangePage = z.infer<typeof ChangePage>;
