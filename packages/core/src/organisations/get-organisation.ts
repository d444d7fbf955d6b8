import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { type EffectiveValues, effectiveValues } from "./inherit.ts";
import { listSuccessors } from "./list-successors.ts";
import { heldAt, momentOf } from "./moment.ts";
import { loadPaths } from "./paths.ts";
import type { OrganisationLevel, UnitQuestion, Withdrawal } from "./schemas.ts";
import { o, type PathStep, v } from "./summaries.ts";
import type { organisationVersions } from "./tables.ts";
import { type Attributes, attributesOf } from "./version-attributes.ts";
import { findWithdrawal } from "./withdrawals.ts";

/** A unit's identity and one of its versions: its content, period of validity and period of knowledge. */
export type OrganisationVersion = Attributes & {
  sorId: string;
  level: OrganisationLevel;
  /** The day on which the unit first opened. */
  firstFrom: string;
  validFrom: string;
  validTo: string | null;
  recordedAt: Date;
  supersededAt: Date | null;
};

/** A unit as valid on a day and known at an instant, with what it inherits. */
export type Organisation = OrganisationVersion & {
  /** From the institution owner down to the unit itself. */
  path: PathStep[];
  effective: EffectiveValues;
  /** That it was registered in error: it was published on that day, and should not have been; null for others. */
  withdrawal: Withdrawal | null;
};

/** The unit on that day, as known then; undefined when it did not exist. */
export async function findOrganisation(ctx: Context, input: UnitQuestion): Promise<Organisation | undefined> {
  const at = momentOf(ctx, input);
  const [row] = await ctx.db
    .select({ version: v, level: o.level, firstFrom: o.firstFrom })
    .from(v)
    .innerJoin(o, eq(o.sorId, v.sorId))
    .where(and(eq(v.sorId, input.sorId), heldAt("v", at)))
    .orderBy(desc(v.recordedAt))
    .limit(1);
  if (!row) return undefined;
  const path = (await loadPaths(ctx.db, [input.sorId], at)).get(input.sorId) ?? [];
  return {
    ...versionOf(row),
    path: path.map(({ sorId, level, name }) => ({ sorId, level, name })).reverse(),
    effective: effectiveValues(path),
    withdrawal: (await findWithdrawal(ctx, input)) ?? null,
  };
}

type Row = {
  version: typeof organisationVersions.$inferSelect;
  level: OrganisationLevel;
  firstFrom: string;
};

function versionOf({ version, level, firstFrom }: Row): OrganisationVersion {
  const { sorId, validFrom, validTo, recordedAt, supersededAt } = version;
  return { sorId, level, firstFrom, validFrom, validTo, recordedAt, supersededAt, ...attributesOf(version) };
}

/**
 * The unit on that day, as known then. Throws `gone` when it had closed (details: `validTo`, `replacedBy`; `withdrawn` with the
 * reason for one that was registered in error) and `not-found` when
 * there is no such unit or it opens later (details: `validFrom`).
 */
export async function getOrganisation(ctx: Context, input: UnitQuestion): Promise<Organisation> {
  const found = await findOrganisation(ctx, input);
  if (found) return found;
  const { validAt } = momentOf(ctx, input);
  const { sorId } = input;
  const versions = await ctx.db
    .select({ validFrom: v.validFrom, validTo: v.validTo })
    .from(v)
    .where(and(eq(v.sorId, sorId), sql`${v.supersededAt} is null`))
    .orderBy(asc(v.validFrom));
  const last = versions.findLast((version) => version.validTo !== null && version.validTo <= validAt);
  if (last) {
    const { replacedBy } = await listSuccessors(ctx, { sorId });
    const withdrawal = await findWithdrawal(ctx, { sorId });
    throw new DomainError("gone", withdrawal ? "unit-withdrawn" : "unit-closed", {
      sorId,
      validTo: last.validTo,
      replacedBy: replacedBy.map((unit) => unit.sorId),
      ...(withdrawal && { withdrawn: withdrawal.reason }),
    });
  }
  throw new DomainError("not-found", "no-unit-on-day", {
    sorId,
    ...(versions[0] ? { validFrom: versions[0].validFrom } : {}),
  });
}

/** Maximum number of versions listed for one unit. */
const versionsMax = 2000;

/** All versions of a unit by first day of validity, then by time of recording, superseded ones included. Throws `not-found`. */
export async function listOrganisationHistory(
  ctx: Context,
  { sorId }: { sorId: string },
): Promise<OrganisationVersion[]> {
  const rows = await ctx.db
    .select({ version: v, level: o.level, firstFrom: o.firstFrom })
    .from(v)
    .innerJoin(o, eq(o.sorId, v.sorId))
    .where(eq(v.sorId, sorId))
    .orderBy(asc(v.validFrom), asc(v.recordedAt))
    .limit(versionsMax);
  if (rows.length === 0) throw new DomainError("not-found", "no-such-unit", { sorId });
  return rows.map(versionOf);
}
