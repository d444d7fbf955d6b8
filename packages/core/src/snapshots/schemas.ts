import { z } from "zod";

const packed = z.object({ bytes: z.int(), sha256: z.string() });

/** A file of a snapshot, as its manifest lists it. */
export const SnapshotFile = z
  .object({
    dataset: z.string().meta({ description: "Name of the dataset" }),
    path: z.string().meta({ description: "Address below `/files`" }),
    aliases: z.array(z.string()).meta({ description: "Other addresses of the same file" }),
    contentType: z.string(),
    bytes: z.int(),
    sha256: z.string().meta({ description: "SHA-256 of the file, hexadecimal" }),
    rows: z.int().nullable().meta({ description: "Rows or lines of data; null for a zip" }),
    replaced: z
      .int()
      .meta({ description: "Values written with characters replaced, by the rule of the layout" }),
    sample: z.string().meta({ description: "Its first lines, cut; empty for a zip" }),
    leftOut: z.int().meta({ description: "Rows that have no place in the layout" }),
    setHash: z.string().optional().meta({
      description:
        "For lines of JSON: the sum modulo 2^256 of the SHA-256 of all lines without their derived members",
    }),
    gzip: packed.nullable(),
    zstd: packed.nullable(),
  })
  .meta({ id: "SnapshotFile", description: "A file of a snapshot" });
export type SnapshotFile = z.infer<typeof SnapshotFile>;

/** What a snapshot holds, and of when: all its files are of the same journal number. */
export const SnapshotManifest = z
  .object({
    name: z.string().meta({ description: "Name of its folder below `/files/snapshots`" }),
    sequence: z.int().meta({ description: "Journal number that all files are as of" }),
    position: z
      .string()
      .optional()
      .meta({ description: "The number with the hash of its journal entry: continue the feed after it" }),
    day: z.string().meta({ description: "The day in Denmark that the day's pictures are of" }),
    madeAt: z.iso.datetime(),
    files: z.array(SnapshotFile),
  })
  .meta({ id: "SnapshotManifest", description: "A snapshot and its files" });

/** A run: asked for, under way, or ended. */
export const SnapshotRunView = z
  .object({
    id: z.string(),
    state: z.enum(["asked", "making", "published", "failed", "removed"]),
    cause: z.enum(["schedule", "request"]),
    askedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    step: z.string().nullable().meta({ description: "What it is at" }),
    rows: z.int().meta({ description: "Rows read so far" }),
    name: z.string().nullable().meta({ description: "Name of its folder, once published" }),
    sequence: z.int().nullable(),
    day: z.string().nullable(),
    failure: z.enum(["disk-full", "interrupted", "fault"]).nullable(),
  })
  .meta({ id: "SnapshotRun", description: "The making of a snapshot" });
export type SnapshotRunView = z.infer<typeof SnapshotRunView>;
