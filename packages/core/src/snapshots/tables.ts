import { bigint, date, index, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { Manifest } from "./manifest.ts";

/** Each making of a snapshot: asked for, under way, and how it ended. The files themselves are in a folder. */
export const snapshotRuns = pgTable(
  "snapshot_runs",
  {
    id: uuid().primaryKey(),
    state: text({ enum: ["asked", "making", "published", "failed", "removed"] }).notNull(),
    /** By the clock, or by a person or program. */
    cause: text({ enum: ["schedule", "request"] }).notNull(),
    askedAt: timestamp({ withTimezone: true }).notNull(),
    startedAt: timestamp({ withTimezone: true }),
    /** When the program that makes it was last heard of; long ago means that it was ended. */
    beatAt: timestamp({ withTimezone: true }),
    endedAt: timestamp({ withTimezone: true }),
    /** What it is at: the name of a source or a step, and how many rows are read. */
    step: text(),
    rows: integer().notNull().default(0),
    /** Name of its folder; null until it is published. */
    name: text(),
    sequence: bigint({ mode: "number" }),
    day: date(),
    manifest: jsonb().$type<Manifest>(),
    failure: text({ enum: ["disk-full", "interrupted", "fault"] }),
  },
  (table) => [index("snapshot_runs_asked").on(table.askedAt)],
);

/** The key by which this installation signs manifests (Ed25519); the private half is encrypted under INDEX_KEY. */
export const signingKeys = pgTable("signing_keys", {
  id: uuid().primaryKey(),
  /** SubjectPublicKeyInfo as PEM. */
  publicKey: text().notNull(),
  sealed: text().notNull(),
  madeAt: timestamp({ withTimezone: true }).notNull(),
});
