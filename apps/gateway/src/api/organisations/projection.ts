import { DomainError } from "@sor/core";
import { z } from "zod";

/** Names separated by commas, each of them one of the schema; at most 40. */
export const namesOf = <S extends z.ZodType<string, string>>(name: S) =>
  z
    .string()
    .max(1000)
    .transform((text) => text.split(","))
    .pipe(z.array(name).max(40));

/** The `fields` of a list or a unit. */
export const fields = namesOf(z.string().regex(/^[A-Za-z]{1,40}$/))
  .optional()
  .meta({
    description:
      "The members of each unit that are sent, separated by commas; `sorId` always. All by default",
  });

/** A unit with only the members asked for. Throws `invalid` for one that units do not have. */
export function projected<Unit extends { sorId: string }>(
  unit: Unit,
  names: readonly string[] | undefined,
): Partial<Unit> & { sorId: string } {
  if (names === undefined) return unit;
  const unknown = names.find((name) => !Object.hasOwn(unit, name));
  if (unknown !== undefined)
    throw new DomainError("invalid", "unknown-member", { at: "fields", member: unknown });
  const kept = new Set(["sorId", ...names]);
  return Object.fromEntries(Object.entries(unit).filter(([name]) => kept.has(name))) as Partial<Unit> & {
    sorId: string;
  };
}
