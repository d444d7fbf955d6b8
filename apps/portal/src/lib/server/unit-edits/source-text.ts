import type { Effective } from "@sor/core/organisations";
import { m } from "#lib/words/index.ts";

/** Whether a value is the unit's own, inherited and from whom, or absent. */
export function sourceText(effective: Effective<unknown>): string {
  if (effective === null) return m.units_source_none();
  if (effective.rule === "postal") return m.register_same_as_postal();
  if (effective.rule === "visiting") return m.register_same_as_visiting();
  return effective.rule === "own"
    ? m.units_source_own()
    : m.units_source_inherited({ name: effective.from.name });
}
