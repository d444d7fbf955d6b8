import { z } from "zod";
import { queryNumber, SorId } from "../identifiers/index.ts";

/** The kinds of subjects that the feed tells of. */
export const ChangedEntity = z
  .enum(["unit", "location", "shak-code"])
  .meta({ id: "ChangedEntity", description: "What an entry of the change feed is about" });

/** A place in the feed as readers give it. */
export const ChangePosition = z
  .string()
  .regex(/^\d{1,15}(\.[0-9a-f]{16})?$/)
  .meta({
    description:
      "`next` of the page before, the `position` of a snapshot, or a number alone. With its hash a reader is told when the database was restored to another history",
  });

/** Where to read from, and of what. */
export const ChangesFilter = z.strictObject({
  after: ChangePosition.default("0"),
  entity: ChangedEntity.optional(),
  subtreeOf: SorId.optional().meta({
    description: "Only this unit, those below it, and their own location numbers; SHAK codes are left out",
  }),
});
export const ChangesQuestion = ChangesFilter.extend({
  limit: queryNumber(1, 1000)
    .default(100)
    .meta({ description: "Entries at most, unless one transaction has more" }),
  wait: queryNumber(0, 30).default(0).meta({
    description: "Seconds to wait for an entry when there is none; a key is needed to wait",
  }),
  rows: z.enum(["true", "false"]).default("false").meta({
    description:
      "Whether the page holds the lines that a copy replaces, as they are now. At `isEnd` the copy equals the register at `next`",
  }),
});
export type ChangesFilter = z.infer<typeof ChangesFilter>;

/** Why followers must load a snapshot. */
export const RebaseReason = z.enum(["restore", "migration", "archive", "repair"]);
export type RebaseReason = z.infer<typeof RebaseReason>;

/** A change to one subject. */
const ChangeEntry = z
  .object({
    sequence: z.int().meta({ description: "Its number in the journal" }),
    offset: z.string().meta({ description: "Its number and hash, as `after` and Last-Event-ID take them" }),
    at: z.iso.datetime(),
    transaction: z
      .int()
      .meta({ description: "Entries with the same number were made together: apply all or none" }),
    isLast: z.boolean().meta({ description: "Whether it is the last of its transaction that is shown" }),
    changeSetId: z.string().nullable(),
    action: z
      .string()
      .meta({ description: "`validity.change` where something began or ended to hold as time passed" }),
    entity: z.enum([...ChangedEntity.options, "rebase"]).meta({
      description:
        "`rebase`: data changed outside the journal. Load a snapshot whose sequence is this entry's or later",
    }),
    id: z.string().meta({ description: "SOR id, location number or SHAK code" }),
    membership: z.enum(["inside", "left"]).optional().meta({
      description: "With `subtreeOf`: whether the subject belongs to it now; `left`: forget it",
    }),
    glns: z.array(z.string()).meta({ description: "Location numbers to read again" }),
    sorIds: z.array(z.string()).meta({ description: "Units to read again" }),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: "ChangeEntry", description: "A change to a unit, a location number or a SHAK code" });
export type ChangeEntry = z.infer<typeof ChangeEntry>;

const line = z.record(z.string(), z.unknown());
const ChangeRows = z
  .object({
    units: z
      .array(
        z.object({
          sorId: z.string(),
          lines: z.array(line).meta({ description: "Its lines in `units`; none: it is gone from the copy" }),
          successions: z.array(line).meta({ description: "Its lines in `successions`" }),
        }),
      )
      .meta({ description: "Each replaces all lines of a unit" }),
    locations: z
      .array(
        z.object({
          gln: z.string(),
          lines: z.array(line).meta({ description: "Its lines in `locations`; none: it is gone" }),
          registrations: z.array(line).meta({ description: "Its lines in `registrations`" }),
        }),
      )
      .meta({ description: "Each replaces all lines of a location number" }),
  })
  .meta({ id: "ChangeRows", description: "What a copy replaces, with the lines of the NDJSON files" });
export type ChangeRows = z.infer<typeof ChangeRows>;

/** A page of the feed. */
export const ChangePage = z
  .object({
    items: z.array(ChangeEntry),
    rows: ChangeRows.optional(),
    next: z.string().meta({ description: "Continue with after=next: up to it every entry has been told" }),
    sequence: z.int().meta({ description: "Number of the newest entry of the journal" }),
    isEnd: z.boolean().meta({ description: "Whether there was nothing more when the page was read" }),
  })
  .meta({ id: "ChangePage", description: "Changes in order" });
export type ChangePage = z.infer<typeof ChangePage>;
