import { isDeepStrictEqual } from "node:util";
import { sql } from "drizzle-orm";
import { type Changed, type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { makeSorId } from "../identifiers/index.ts";
import { may, type Subject } from "../permissions/index.ts";
import { dayInDenmark, isReversed, recut, type Validity } from "../validity/index.ts";
import { checkPieces } from "./check-unit.ts";
import { concernedLocations } from "./concerned-locations.ts";
import { unitPathOf } from "./paths.ts";
import { refreshSearchTexts } from "./refresh-search-texts.ts";
import type { NewOrganisation, OrganisationClosing, OrganisationUpdate } from "./schemas.ts";
import { organisations } from "./tables.ts";
import {
  findUnitLine,
  getUnitLine,
  lockTree,
  recordingInstant,
  recordUnit,
  type UnitLine,
  type UnitRecut,
  unitFacts,
  unitSubject,
} from "./unit-line.ts";
import { attributesOf } from "./version-attributes.ts";

/**
 * Registers a unit. Editors of the parent may register below it; an institution owner needs the right to edit the whole register.
 * `conflict` when the SOR id is taken, `invalid` (details: `field`, `fault`) when a rule is violated.
 */
export async function createOrganisation(ctx: Context, input: NewOrganisation): Promise<UnitLine> {
  const { level, validFrom, validTo, attributes } = input;
  requireOrder({ validFrom, validTo });
  const subject = async (tx: Transaction): Promise<Subject> => ({
    type: "unit",
    id: input.sorId ?? attributes.parentSorId ?? "new",
    unitPath: await parentPath(tx, attributes.parentSorId, ctx.now),
  });
  return await change(ctx, { action: "unit.edit", subject }, async (tx) => {
    await lockTree(tx);
    const sorId = input.sorId ?? (await nextSorId(tx));
    const updatedOn = attributes.updatedOn ?? dayInDenmark(ctx.now);
    const pieces = [{ validFrom, validTo, content: { ...attributes, updatedOn } }];
    const [made] = await tx
      .insert(organisations)
      .values({ sorId, level, firstFrom: validFrom })
      .onConflictDoNothing()
      .returning();
    if (!made) throw new DomainError("conflict", "The SOR id is taken.", { field: "sorId", sorId });
    await checkPieces(tx, { sorId, level }, pieces);
    return await record(ctx, tx, made.sorId, { superseded: [], added: pieces });
  });
}

/**
 * Changes a unit from a day on, until another when given. Attributes left out are unchanged, also where they differ between
 * periods; days on which the unit is closed stay closed. Repeating it changes nothing.
 */
export async function updateOrganisation(ctx: Context, input: OrganisationUpdate): Promise<UnitLine> {
  const { sorId, validFrom, validTo, attributes } = input;
  requireOrder({ validFrom, validTo });
  const given = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
  const subject = async (tx: Transaction): Promise<Subject> => {
    const own = await unitSubject(tx, sorId, ctx.now);
    if (attributes.parentSorId === undefined || !may(ctx.actor, "unit.edit", own, ctx.now)) return own;
    // Moving a unit needs the permission at its new place too.
    return { ...own, glns: [], unitPath: await parentPath(tx, attributes.parentSorId, ctx.now) };
  };
  return await change(ctx, { action: "unit.edit", subject }, async (tx) => {
    await lockTree(tx);
    const line = await getUnitLine(tx, sorId);
    const touched = line.versions.filter((row) => row.validTo === null || row.validTo > validFrom);
    if (!touched.some((row) => validTo === null || row.validFrom < validTo)) {
      throw new DomainError("invalid", "The unit does not hold in that period.", {
        field: "validFrom",
        fault: "not-valid",
      });
    }
    const done = recut(line.versions, { validFrom, validTo }, attributesOf, (held) => {
      if (!held) return undefined;
      const wanted = { ...held, ...given };
      if (isDeepStrictEqual(held, wanted)) return held;
      return { ...wanted, updatedOn: attributes.updatedOn ?? dayInDenmark(ctx.now) };
    });
    await checkPieces(tx, line, done.added);
    return await record(ctx, tx, sorId, done);
  });
}

/**
 * Closes a unit from `validTo`, the first day on which it is no longer valid. `conflict` when units below it would be left
 * without a parent.
 */
export async function closeOrganisation(ctx: Context, input: OrganisationClosing): Promise<UnitLine> {
  const { sorId, validTo } = input;
  const subject = (tx: Transaction) => unitSubject(tx, sorId, ctx.now);
  return await change(ctx, { action: "unit.edit", subject }, async (tx) => {
    await lockTree(tx);
    const line = await getUnitLine(tx, sorId);
    if (!line.versions.some((row) => row.validFrom < validTo)) {
      throw new DomainError("invalid", "The unit opens on that day or later.", {
        field: "validTo",
        fault: "before-opening",
      });
    }
    const left = await tx
      .selectDistinct({ sorId: sql<string>`sor_id` })
      .from(sql`organisation_versions`)
      .where(
        sql`parent_sor_id = ${sorId} and superseded_at is null and (valid_to is null or valid_to > ${validTo})`,
      )
      .limit(20);
    if (left.length > 0) {
      const open = left.map((unit) => unit.sorId);
      throw new DomainError("conflict", "Units below it hold longer.", { field: "validTo", open });
    }
    const window = { validFrom: validTo, validTo: null };
    return await record(
      ctx,
      tx,
      sorId,
      recut(line.versions, window, attributesOf, () => undefined),
    );
  });
}

function requireOrder(period: Validity<string>): void {
  if (!isReversed<string>(period)) return;
  const details = { field: "validTo", fault: "reversed" };
  throw new DomainError("invalid", "The validity ends before it begins.", details);
}

async function parentPath(tx: Transaction, parentSorId: string | null, now: Date): Promise<string[]> {
  return parentSorId === null ? [] : await unitPathOf(tx, parentSorId, dayInDenmark(now));
}

// The next sequence number after the highest in the register's own namespace (1000016, partition 00).
async function nextSorId(tx: Transaction): Promise<string> {
  const [row] = await tx
    .select({ highest: sql<string | null>`max(left(sor_id, -10)::bigint)` })
    .from(organisations)
    .where(sql`sor_id ~ '^[0-9]{1,8}100001600[0-9]$'`);
  return makeSorId(Number(row?.highest ?? 0) + 1);
}

async function record(
  ctx: Context,
  tx: Transaction,
  sorId: string,
  done: UnitRecut,
): Promise<Changed<UnitLine>> {
  if (done.superseded.length + done.added.length === 0) {
    return { result: await getUnitLine(tx, sorId), entries: [] };
  }
  const known = (await findUnitLine(tx, sorId))?.versions ?? [];
  const before = await concernedLocations(tx, sorId, done, ctx.now);
  await recordUnit(tx, recordingInstant(ctx.now, known), sorId, done);
  await refreshSearchTexts(tx, sorId, { reach: "subtree", today: dayInDenmark(ctx.now) });
  const after = await concernedLocations(tx, sorId, done, ctx.now);
  const parents = [...done.superseded, ...done.added.map((piece) => piece.content)].flatMap(
    (content) => content.parentSorId ?? [],
  );
  const entry = {
    subjectType: "unit",
    subjectId: sorId,
    glns: [...new Set([...before, ...after])],
    sorIds: [...new Set([sorId, ...parents])],
    ...unitFacts(done),
  };
  return { result: await getUnitLine(tx, sorId), entries: [entry] };
}
