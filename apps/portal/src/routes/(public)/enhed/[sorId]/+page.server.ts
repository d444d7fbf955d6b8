import type { Context } from "@sor/core";
import { findChangeSet } from "@sor/core/changesets";
import { findCode } from "@sor/core/code-lists";
import { SorId, Uuid } from "@sor/core/identifiers";
import {
  findOrganisation,
  listChildren,
  listOpenSuccessors,
  listOrganisationHistory,
  listSuccessors,
  type Organisation,
} from "@sor/core/organisations";
import { startOfDayInDenmark } from "@sor/core/validity";
import { getLanguage } from "#lib/language.ts";
import { openSetsOf } from "#lib/server/changes/open-sets.ts";
import { hasRole } from "#lib/server/guards.ts";
import { readFilter, readParam } from "#lib/server/queries.ts";
import { receivedAt } from "#lib/server/received.ts";
import { openableParts, partForm, savePart, showPartDay } from "#lib/server/unit-edits/edit-part.ts";
import {
  compareStates,
  periodsOf,
  shownUnit,
  typedInQuery,
  UnitQuery,
} from "#lib/server/unit-edits/moment.ts";
import { PartKey } from "#lib/server/unit-edits/parts.ts";
import { askedUnit, mayEditUnit } from "#lib/server/unit-edits/unit.ts";
import { withNames } from "#lib/server/unit-view.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { ctx } = locals;
  const sorId = readParam(SorId, params.sorId);
  const { query, problem } = readFilter(UnitQuery, url, typedInQuery);
  const { dag: validAt, kendt: knownAt, after } = query;
  const history = await listOrganisationHistory(ctx, { sorId });
  const periods = periodsOf(history, { knownAt, now: ctx.now });
  const { organisation, state, day } = await shownUnit(ctx, { sorId, validAt, knownAt }, periods);
  const isPresent = validAt === undefined && knownAt === undefined;
  const gln = organisation.effective.gln?.value;
  const moment = isPresent ? {} : { at: startOfDayInDenmark(day), knownAt };
  const [children, successors, ends, received] = await Promise.all([
    listChildren(ctx, { sorId, validAt: day, knownAt, limit: 50, after }),
    listSuccessors(ctx, { sorId }),
    state === "closed" ? listOpenSuccessors(ctx, { sorId }) : [],
    gln === undefined ? [] : receivedAt(ctx, gln, moment),
  ]);
  return {
    unit: withNames(organisation),
    state,
    isClosed: state === "closed",
    validAt: validAt ?? null,
    knownAt: knownAt ?? null,
    moments: { dag: query.dag ?? null, mod: query.mod ?? null, problem },
    periods,
    specialities: organisation.specialities.map(({ code }) => ({
      code,
      name: findCode("specialities", code)?.[getLanguage()] ?? null,
    })),
    children: { items: children.items.map(withNames), next: children.next, isFirst: after === undefined },
    successors,
    /** Where the successions end today, when those next to the unit have closed too. */
    ends: ends.some(({ via }) => via.length > 0) ? ends : [],
    received,
    now: ctx.now,
    corrections: history.filter((version) => version.supersededAt !== null).length,
    comparison: await comparisonOf(ctx, query, organisation),
    editing:
      knownAt === undefined
        ? await editingOf(ctx, sorId, {
            day: validAt,
            ret: query.ret,
            isProposed: query.foreslaa !== undefined,
          })
        : null,
    openSets: await openSetsOf(ctx, { type: "unit", id: sorId }),
    receipt: await receiptOf(ctx, query.gemt),
    isStranger: ctx.actor.kind === "user" && hasRole(ctx.actor, ctx.now, "authority", "region"),
  };
};

/** The other moment of the comparison, and the lines. */
async function comparisonOf(
  ctx: Context,
  { mod, modkendt }: { mod?: string | undefined; modkendt?: Date | undefined },
  shown: Organisation,
) {
  if (mod === undefined && modkendt === undefined) return null;
  const other = await findOrganisation(ctx, { sorId: shown.sorId, validAt: mod, knownAt: modkendt });
  const lines = await compareStates(ctx, shown, other);
  return { day: mod ?? null, knownAt: modkendt ?? null, isHeld: other !== undefined, lines };
}

/** What the user may edit on the unit, and the part that is open; null for others and for a unit that is closed. */
async function editingOf(
  ctx: Context,
  sorId: string,
  { day, ret, isProposed }: { day: string | undefined; ret: string | undefined; isProposed: boolean },
) {
  const mayEdit = await mayEditUnit(ctx, sorId);
  if (!mayEdit && !(isProposed && ctx.actor.kind === "user")) return null;
  const held = await findOrganisation(ctx, { sorId, validAt: day });
  const line = held ? undefined : await listOrganisationHistory(ctx, { sorId });
  const coming = line?.find(
    ({ supersededAt, validFrom }) =>
      supersededAt === null && day === undefined && startOfDayInDenmark(validFrom) > ctx.now,
  );
  if (!held && !coming) return null;
  const asked = await askedUnit(ctx, sorId, day ?? coming?.validFrom);
  const key = PartKey.safeParse(ret);
  const isThere = key.success && openableParts(asked).some((part) => part.key === key.data);
  return {
    isProposal: !mayEdit,
    parts: openableParts(asked),
    open: isThere ? partForm(key.data, asked) : null,
  };
}

/** The set that was just saved, for users who may see it. */
async function receiptOf(ctx: Context, gemt: string | undefined) {
  const id = Uuid.safeParse(gemt);
  if (!id.success || ctx.actor.kind !== "user") return null;
  const set = await findChangeSet(ctx, { id: id.data });
  return set && { id: set.id, title: set.title, state: set.state, applyBy: set.applyBy };
}

export const actions: Actions = {
  day: showPartDay,
  save: savePart,
};
