import type { ReadDatabase } from "../database/index.ts";
import { requireEtag } from "../etag.ts";
import { getUnitLine, unitEtag } from "../organisations/index.ts";

/** The state of a unit on which commands are based. */
export type SeenUnit = { sorId: string; etag: string };

/** Throws `conflict` (fault `etag`) when the unit is in another state than its editor saw. */
export async function requireSeen(db: ReadDatabase, seen: SeenUnit | undefined): Promise<void> {
  if (seen === undefined) return;
  const { versions } = await getUnitLine(db, seen.sorId);
  requireEtag(seen.etag, unitEtag(versions), "unit-changed");
}
