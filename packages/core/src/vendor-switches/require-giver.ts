import { and, inArray, isNull } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { dayInDenmark, holdsAt } from "../validity/index.ts";
import type { SwitchRow } from "./sides.ts";

/**
 * Throws `conflict` (`switch-other-vendor`) when a location number of a wave is, today or on the day of the wave, another vendor's
 * than the one it was to leave: that vendor has agreed to nothing.
 */
export async function requireGiver(
  db: ReadDatabase,
  { fromSupplierId }: SwitchRow,
  { glns, day }: { glns: readonly string[]; day: string },
  now: Date,
): Promise<void> {
  const days = [dayInDenmark(now), day];
  const versions = await db
    .select()
    .from(locationVersions)
    .where(and(inArray(locationVersions.gln, [...glns]), isNull(locationVersions.supersededAt)));
  const isOthers = versions.some(
    (version) => version.supplierId !== fromSupplierId && days.some((each) => holdsAt<string>(version, each)),
  );
  if (isOthers) throw new DomainError("conflict", "switch-other-vendor", { fault: "switch-other-vendor" });
}
