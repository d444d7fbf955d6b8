import {
  dropOldSecrets,
  endpointCondition,
  getEndpoint,
  listSystems,
  pauseEndpoint,
  resumeEndpoint,
  rotateSigningSecret,
  updateEndpoint,
} from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { m } from "#lib/paraglide/messages.js";
import { EditedEndpoint, endpointFaults, endpointRefusals, PauseForm } from "#lib/server/endpoint-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const endpoint = await getEndpoint(ctx, { id: readParam(Uuid, event.params.id) });
  const systems = await listSystems(ctx, { supplierId: endpoint.supplierId });
  return {
    endpoint,
    condition: endpointCondition(endpoint, ctx.now),
    systems: systems.map(({ id, name }) => ({ id, name })),
    isSaved: event.url.searchParams.has("gemt"),
  };
};

const idOf = (event: RequestEvent) => {
  requireUser(event);
  return readParam(Uuid, event.params.id);
};
const saved = (id: string) => redirect(303, `/endepunkter/${id}?gemt=1`);
const nothing = { schema: z.object({}) };

export const actions: Actions = {
  save: async (event) => {
    const id = idOf(event);
    const options = { schema: EditedEndpoint, faults: endpointFaults, refusals: endpointRefusals };
    return await submitForm(event.request, options, async ({ etag, ...fields }) => {
      const { ctx, config } = event.locals;
      const plainHttpHosts = config.privateHosts;
      const { secret } = await updateEndpoint(ctx, { id, fields, etag, plainHttpHosts });
      if (secret === null) saved(id);
      event.setHeaders({ "cache-control": "no-store" });
      return { secret };
    });
  },
  pause: async (event) => {
    const id = idOf(event);
    const refusals = { invalid: () => ({ field: "lastDay", text: m.endpoints_fault_past() }) };
    return await submitForm(event.request, { schema: PauseForm, refusals }, async (pause) => {
      await pauseEndpoint(event.locals.ctx, { id, ...pause });
      saved(id);
    });
  },
  resume: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, nothing, async () => {
      await resumeEndpoint(event.locals.ctx, { id });
      saved(id);
    });
  },
  rotate: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, nothing, async () => {
      const { secret } = await rotateSigningSecret(event.locals.ctx, { id });
      event.setHeaders({ "cache-control": "no-store" });
      return { secret };
    });
  },
  drop: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, nothing, async () => {
      await dropOldSecrets(event.locals.ctx, { id });
      saved(id);
    });
  },
};
