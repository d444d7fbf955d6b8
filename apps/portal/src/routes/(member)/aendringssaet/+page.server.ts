import { ChangeSetQuestion, listChangeSets, revertChangeSet } from "@sor/core/changesets";
import { Uuid } from "@sor/core/identifiers";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { setRefusals } from "#lib/server/changes/set-refusals.ts";
import { submitForm } from "#lib/server/forms.ts";
import { hasRole, requireUser } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = ChangeSetQuestion.pick({ state: true, after: true });

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { state, after } = readQuery(Query, event.url);
  const { items, next } = await listChangeSets(event.locals.ctx, { state, after, limit: 50 });
  const own = state === undefined ? "" : `state=${state}&`;
  return {
    state: state ?? null,
    seesRules: hasRole(user, event.locals.ctx.now, "authority", "region"),
    sets: items.map(({ id, title, state: stands, ownerName, ownerId, updatedAt, itemCount }) => ({
      ...{ id, title, state: stands, ownerName, updatedAt, itemCount },
      isOwn: ownerId === user.id,
    })),
    next: next === null ? null : `?${own}after=${encodeURIComponent(next)}`,
    first: after === undefined ? null : `?${own}`,
  };
};

export const actions: Actions = {
  undo: async (event) => {
    requireUser(event);
    const options = { schema: z.object({ id: Uuid }), refusals: setRefusals };
    return await submitForm(event.request, options, async ({ id }) => {
      const undo = await revertChangeSet(event.locals.ctx, { id });
      redirect(303, `/aendringssaet/${undo.id}?gjort=undone`);
    });
  },
};
