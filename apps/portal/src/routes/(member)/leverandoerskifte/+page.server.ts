import { acceptSwitch, listSwitches, SwitchAcceptance } from "@sor/core/vendor-switches";
import { redirect } from "@sveltejs/kit";
import { AcceptForm, switchRefusals } from "#lib/server/bulk/switch-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { switchMark } from "#lib/switch-words.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const requireEditor = (event: RequestEvent | Parameters<PageServerLoad>[0]) =>
  requireRole(event, "authority", "region", "vendor-administrator", "vendor-editor");

export const load: PageServerLoad = async (event) => {
  const user = requireEditor(event);
  const switches = await listSwitches(event.locals.ctx);
  return {
    mayAccept: user.supplierId !== null,
    switches: switches.map(({ id, state, from, to, locations, waves, begunAt }) => ({
      ...{ id, from: from?.name ?? null, to: to.name, locations, mark: switchMark(state) },
      ...{ day: waves[0]?.day ?? null, waves: waves.length, begunAt: new Date(begunAt) },
    })),
  };
};

export const actions: Actions = {
  accept: async (event) => {
    requireEditor(event);
    const options = { schema: AcceptForm, refusals: switchRefusals };
    return await submitForm(event.request, options, async ({ noegle, note }) => {
      const given = SwitchAcceptance.parse({ key: noegle, note });
      const { id } = await acceptSwitch(event.locals.ctx, given);
      redirect(303, `/leverandoerskifte/${id}?gjort=accept`);
    });
  },
};
