import { DomainError } from "@sor/core";
import type { z } from "zod";

/**
 * The query of an address read with a schema; empty values count as absent, `lang` belongs to every page. Throws
 * `invalid` (400) for what the schema refuses.
 */
export function readQuery<Schema extends z.ZodType>(schema: Schema, url: URL): z.output<Schema> {
  const given = [...url.searchParams].filter(([name, value]) => value.trim() !== "" && name !== "lang");
  const read = schema.safeParse(Object.fromEntries(given.map(([name, value]) => [name, value.trim()])));
  if (read.success) return read.data;
  throw new DomainError("invalid", "The query cannot be read.", {
    fields: read.error.issues.map((issue) => issue.path.join(".")),
  });
}

/** A part of an address read with a schema of core. Throws `not-found` for what can name nothing. */
export function readParam<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  const read = schema.safeParse(text);
  if (read.success) return read.data;
  throw new DomainError("not-found", "The address names nothing that can exist.");
}
