import { listProfiles, saveProfile } from "@sor/core/profiles";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { hasRole, holds, requireUser } from "#lib/server/guards.ts";
import { profileRefusals, WrittenProfile } from "#lib/server/profiles/profile-form.ts";
import { readQuery } from "#lib/server/queries.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { slettet } = readQuery(z.object({ slettet: z.literal("1").optional() }), event.url);
  const [profiles, vendors] = await Promise.all([listProfiles(ctx), vendorNames(ctx)]);
  return {
    profiles: profiles.map(({ id, name, supplierId, types, locations, deviating }) => ({
      ...{ id, name, types: types.length, locations, deviating },
      owner: supplierId === null ? null : (vendors[supplierId] ?? null),
    })),
    mayAdd:
      hasRole(user, ctx.now, "authority") ||
      (user.supplierId !== null && holds(user, "registration.edit", ctx.now)),
    isRemoved: slettet !== undefined,
  };
};

export const actions: Actions = {
  add: async (event) => {
    const { supplierId } = requireUser(event);
    const how = { schema: WrittenProfile, refusals: profileRefusals };
    return await submitForm(event.request, how, async ({ etag: _, ...fields }) => {
      const { id } = await saveProfile(event.locals.ctx, { ...fields, supplierId });
      redirect(303, `/profiler/${id}?gemt=1`);
    });
  },
};
