import { Uuid } from "@sor/core/identifiers";
import {
  assignProfile,
  draftAlignment,
  getProfile,
  removeProfile,
  saveProfile,
  unassignProfile,
} from "@sor/core/profiles";
import { startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { holds, requireUser } from "#lib/server/guards.ts";
import { profileRefusals, textOf, WrittenGlns, WrittenProfile } from "#lib/server/profiles/profile-form.ts";
import { readParam, readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { gemt } = readQuery(z.object({ gemt: z.literal("1").optional() }), event.url);
  const { types, name, mayEdit, locations, deviating, etag, id } = await getProfile(ctx, { id: idOf(event) });
  return {
    profile: {
      ...{ id, name, mayEdit, locations, deviating, etag },
      received: textOf(types, "receive"),
      sent: textOf(types, "send"),
    },
    mayAssign: holds(user, "registration.edit", ctx.now),
    isSaved: gemt !== undefined,
  };
};

const idOf = (event: Pick<RequestEvent, "params">) => readParam(Uuid, event.params.id);
const refusals = profileRefusals;
const saved = (id: string): never => redirect(303, `/profiler/${id}?gemt=1`);
const Glns = z.object({ glns: WrittenGlns });
const Start = z.object({
  day: z
    .string()
    .max(40)
    .transform((text) => text.trim() || undefined)
    .pipe(WrittenDay.optional())
    .transform((day) => (day === undefined ? null : startOfDayInDenmark(day).toISOString())),
});

export const actions: Actions = {
  save: async (event) => {
    requireUser(event);
    const id = idOf(event);
    return await submitForm(event.request, { schema: WrittenProfile, refusals }, async (fields) => {
      const { supplierId } = await getProfile(event.locals.ctx, { id });
      await saveProfile(event.locals.ctx, { ...fields, id, supplierId });
      saved(id);
    });
  },
  assign: async (event) => {
    requireUser(event);
    const profileId = idOf(event);
    return await submitForm(event.request, { schema: Glns, refusals }, async ({ glns }) => {
      await assignProfile(event.locals.ctx, { profileId, glns });
      saved(profileId);
    });
  },
  unassign: async (event) => {
    requireUser(event);
    const id = idOf(event);
    return await submitForm(event.request, { schema: Glns, refusals }, async ({ glns }) => {
      await unassignProfile(event.locals.ctx, { glns });
      saved(id);
    });
  },
  align: async (event) => {
    requireUser(event);
    const id = idOf(event);
    return await submitForm(event.request, { schema: Start, refusals }, async ({ day }) => {
      const set = await draftAlignment(event.locals.ctx, { id, at: day });
      redirect(303, `/aendringssaet/${set.id}`);
    });
  },
  remove: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: z.object({}), refusals }, async () => {
      await removeProfile(event.locals.ctx, { id: idOf(event) });
      redirect(303, "/profiler?slettet=1");
    });
  },
};
