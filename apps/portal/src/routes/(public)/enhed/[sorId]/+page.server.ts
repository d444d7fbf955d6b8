import type { Context } from "@sor/core";
import { nameOfCode } from "@sor/core/code-lists";
import { SorId } from "@sor/core/identifiers";
import {
  BelowQuestion,
  findOrganisation,
  getOrganisation,
  listChildren,
  listOrganisationHistory,
  listSuccessors,
  Moment,
  type Organisation,
} from "@sor/core/organisations";
import { readParam, readQuery } from "#lib/server/queries.ts";
import { receivedAt } from "#lib/server/received.ts";
import { withNames } from "#lib/server/unit-view.ts";
import type { PageServerLoad } from "./$types";

const Query = Moment.pick({ validAt: true }).extend({ after: BelowQuestion.shape.after });

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { ctx } = locals;
  const sorId = readParam(SorId, params.sorId);
  const { validAt, after } = readQuery(Query, url);
  const history = await listOrganisationHistory(ctx, { sorId });
  const unit = await shownUnit(ctx, sorId, validAt, history);
  const day = validAt ?? (unit.closed ? unit.organisation.validFrom : undefined);
  const gln = unit.organisation.effective.gln?.value;
  const [children, successors, received] = await Promise.all([
    listChildren(ctx, { sorId, validAt: day, limit: 50, after }),
    listSuccessors(ctx, { sorId }),
    gln === undefined ? [] : receivedAt(ctx, gln),
  ]);
  return {
    unit: withNames(unit.organisation),
    isClosed: unit.closed,
    validAt: validAt ?? null,
    specialities: unit.organisation.specialities.map(({ code }) => ({
      code,
      name: nameOfCode("specialities", code),
    })),
    children: { items: children.items.map(withNames), next: children.next, isFirst: after === undefined },
    successors,
    received,
    now: ctx.now,
    history: history.filter((version) => version.supersededAt === null).reverse(),
    corrections: history.filter((version) => version.supersededAt !== null).length,
  };
};

/** The unit on the requested day; without a day, a closed unit as it last was. */
async function shownUnit(
  ctx: Context,
  sorId: string,
  validAt: string | undefined,
  history: readonly { validFrom: string; supersededAt: Date | null }[],
): Promise<{ organisation: Organisation; closed: boolean }> {
  const present = await findOrganisation(ctx, { sorId, validAt });
  if (present) return { organisation: present, closed: false };
  const last = history.findLast((version) => version.supersededAt === null);
  if (validAt !== undefined || !last)
    return { organisation: await getOrganisation(ctx, { sorId, validAt }), closed: false };
  return { organisation: await getOrganisation(ctx, { sorId, validAt: last.validFrom }), closed: true };
}
