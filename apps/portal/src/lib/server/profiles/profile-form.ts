import type { DomainError } from "@sor/core";
import { commandsMax } from "@sor/core/changesets";
import { Gln } from "@sor/core/identifiers";
import { ProfileFields, type TypeProfile } from "@sor/core/profiles";
import { z } from "zod";
import { sentenceOf } from "#lib/server/fault-text.ts";

type Direction = TypeProfile["types"][number]["direction"];

/** "DIS91 D9134L" on each line. */
const lines = (direction: Direction) =>
  z
    .string()
    .max(20_000)
    .default("")
    .transform((text) =>
      text
        .split(/[\n,;]/)
        .map((line) => line.trim())
        .filter(Boolean)
        .map((line) => {
          const [messageType = "", version = "", ...more] = line.split(/\s+/);
          return { messageType, version: more.length > 0 ? "" : version, direction };
        }),
    );

const written = { name: ProfileFields.shape.name, received: lines("receive"), sent: lines("send") };

/** A profile as it is written: the types on lines, those received and those sent apart. */
export const WrittenProfile = z
  .object({ ...written, etag: z.string().max(100).optional() })
  .transform(({ name, received, sent, etag }, c) => {
    const read = ProfileFields.safeParse({ name, types: [...received, ...sent] });
    if (read.success) return { ...read.data, etag };
    for (const { path } of read.error.issues) {
      const isSent = Number(path[1] ?? 0) >= received.length && received.length > 0;
      c.addIssue({ code: "custom", message: "no-such-type", path: [isSent ? "sent" : "received"] });
    }
    return z.NEVER;
  });

/** Location numbers as they are written, with spaces or on lines of their own. */
export const WrittenGlns = z
  .string()
  .max(100_000)
  .transform((text) => text.split(/[\s,;]+/).filter(Boolean))
  .pipe(z.array(Gln).min(1).max(commandsMax));

/** The types of a profile in one direction, as they are written. */
export const textOf = (types: TypeProfile["types"], direction: Direction): string =>
  types
    .filter((type) => type.direction === direction)
    .map(({ messageType, version }) => `${messageType} ${version}`)
    .join("\n");

function said({ words, details: { field } }: DomainError): string | { field: string; text: string } {
  const text = sentenceOf(words);
  return typeof field === "string" ? { field, text } : text;
}

/** What core refuses, at the field that it names. */
export const profileRefusals = {
  ...{ conflict: said, invalid: said, "not-found": said, "not-allowed": said },
  ...{ "too-many": said, "too-large": said },
};
