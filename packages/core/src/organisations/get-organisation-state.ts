import { type Context, inSnapshot } from "../context.ts";
import { getOrganisation, type Organisation } from "./get-organisation.ts";
import type { UnitQuestion } from "./schemas.ts";
import { getUnitLine, unitEtag } from "./unit-line.ts";

/** As `getOrganisation`, with the ETag of everything known about the unit at the same instant, on which an edit is based. */
export async function getOrganisationState(
  ctx: Context,
  input: UnitQuestion,
): Promise<{ unit: Organisation; etag: string }> {
  return await inSnapshot(ctx, async (tx) => {
    const unit = await getOrganisation({ ...ctx, db: tx }, input);
    const { versions } = await getUnitLine(tx, input.sorId);
    return { unit, etag: unitEtag(versions) };
  });
}
