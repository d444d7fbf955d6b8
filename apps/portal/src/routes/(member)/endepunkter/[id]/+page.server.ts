import { asRehearsal, type Context, DomainError } from "@sor/core";
import {
  dropOldSecrets,
  type Endpoint,
  endpointCondition,
  findEndpoint,
  getEndpoint,
  listSystems,
  mayEditEndpoints,
  pauseEndpoint,
  resumeEndpoint,
  rotateSigningSecret,
  updateEndpoint,
} from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import { endpointUse } from "@sor/core/message-types";
import { endpointHealth, testEndpoint } from "@sor/core/probes";
import { redirect } from "@sveltejs/kit";
import type { z } from "zod";
import { problemOfForm } from "#lib/form-problem.ts";
import { type TestedText, testedText } from "#lib/probe-words.ts";
import {
  EditedEndpoint,
  endpointFaults,
  endpointRefusals,
  PauseForm,
  SeenEndpoint,
  valuesOfEndpoint,
} from "#lib/server/endpoint-forms.ts";
import { endpointChanges, redirectsDeliveries } from "#lib/server/endpoint-review.ts";
import { formValues, submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const endpoint = await getEndpoint(ctx, { id: readParam(Uuid, event.params.id) });
  const systems = await listSystems(ctx, { supplierId: endpoint.supplierId });
  return {
    endpoint,
    condition: endpointCondition(endpoint, ctx.now),
    mayEdit: mayEditEndpoints(ctx, endpoint.supplierId),
    systems: systems.map(({ id, name }) => ({ id, name })),
    isSaved: event.url.searchParams.has("gemt"),
  };
};

const idOf = (event: RequestEvent) => {
  requireUser(event);
  return readParam(Uuid, event.params.id);
};
const saved = (id: string) => redirect(303, `/endepunkter/${id}?gemt=1`);
const editing = { schema: EditedEndpoint, faults: endpointFaults, refusals: endpointRefusals };
const seen = { schema: SeenEndpoint, refusals: endpointRefusals };

type Edited = z.output<typeof EditedEndpoint>;

/** The changes of an edit, and the number of dependent registrations and messages. */
async function reviewOf(ctx: Context, before: Endpoint, edited: Edited) {
  const { id, supplierId } = before;
  const systems = await listSystems(ctx, { supplierId });
  const use = await endpointUse(ctx, { id });
  const { queue } = await endpointHealth(ctx, { id });
  const { transport, address } = edited;
  return {
    review: {
      changes: endpointChanges(before, edited, new Map(systems.map((system) => [system.id, system.name]))),
      use: { ...use, waiting: queue.waiting },
      isTestable: transport === "webhook" && address !== null,
    },
    values: valuesOfEndpoint(edited),
  };
}

/** The current endpoint, if its edit needs a review. Users without the right are refused later, where it is journalled. */
async function findToReview(ctx: Context, id: string, edited: Edited): Promise<Endpoint | undefined> {
  const before = edited.confirmed ? undefined : await findEndpoint(ctx, { id });
  if (!before || !mayEditEndpoints(ctx, before.supplierId)) return undefined;
  return redirectsDeliveries(before, edited) ? before : undefined;
}

async function save(event: RequestEvent, id: string, edited: Edited) {
  const { ctx, config } = event.locals;
  const { etag, confirmed: _, ...fields } = edited;
  const input = { id, fields, etag, plainHttpHosts: config.privateHosts };
  const before = await findToReview(ctx, id, edited);
  if (before) {
    // Everything that saving would refuse is reported before the review.
    await updateEndpoint(asRehearsal(ctx), input);
    return await reviewOf(ctx, before, edited);
  }
  const { secret } = await updateEndpoint(ctx, input);
  if (secret === null) saved(id);
  event.setHeaders({ "cache-control": "no-store" });
  return { secret };
}

/** Tests the new address before it is saved; a test that is too early is reported on the review. */
async function tryAddress(event: RequestEvent, id: string, edited: Edited) {
  const { ctx, config } = event.locals;
  const newAddress = edited.transport === "webhook" ? edited.address : null;
  const before = await findEndpoint(ctx, { id });
  // It has no secret yet, so it cannot sign an event.
  const method = before?.signingSecrets.length === 0 ? "head" : "test-event";
  const tried =
    newAddress === null
      ? undefined
      : await tooSoon(() => testEndpoint(ctx, { id, method, newAddress, privateHosts: config.privateHosts }));
  return { ...(await reviewOf(ctx, before ?? (await getEndpoint(ctx, { id })), edited)), tried };
}

async function tooSoon(test: () => ReturnType<typeof testEndpoint>): Promise<TestedText> {
  try {
    return testedText(await test());
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "too-many") throw error;
    return { isUp: false, text: m.endpoints_test_too_soon(), status: null };
  }
}

export const actions: Actions = {
  save: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, editing, async (edited) => await save(event, id, edited));
  },
  try: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, editing, async (edited) => await tryAddress(event, id, edited));
  },
  edit: async (event) => {
    idOf(event);
    return { problem: problemOfForm(formValues(await event.request.formData()), []) };
  },
  pause: async (event) => {
    const id = idOf(event);
    const options = { schema: PauseForm, refusals: endpointRefusals };
    return await submitForm(event.request, options, async (pause) => {
      await pauseEndpoint(event.locals.ctx, { id, ...pause });
      saved(id);
    });
  },
  resume: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, seen, async ({ etag }) => {
      await resumeEndpoint(event.locals.ctx, { id, etag });
      saved(id);
    });
  },
  rotate: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, seen, async ({ etag }) => {
      const { secret } = await rotateSigningSecret(event.locals.ctx, { id, etag });
      event.setHeaders({ "cache-control": "no-store" });
      return { secret };
    });
  },
  drop: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, seen, async ({ etag }) => {
      await dropOldSecrets(event.locals.ctx, { id, etag });
      saved(id);
    });
  },
};
