import { type Context, DomainError } from "@sor/core";
import { listEndpointChoices, listSystems } from "@sor/core/endpoints";
import { isFault } from "@sor/core/faults";
import { Uuid } from "@sor/core/identifiers";
import { planErrors, planWarnings } from "@sor/core/message-types";
import { testEndpoint } from "@sor/core/probes";
import {
  confirmMapping,
  continueSwitch,
  getSwitch,
  listSwitchGlns,
  listSwitchTypes,
  previewMapping,
  renewSwitchKey,
  returnSwitch,
  stopSwitch,
  type VendorSwitch,
} from "@sor/core/vendor-switches";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { problemOfForm } from "#lib/form-problem.ts";
import { problemText } from "#lib/location/location-words.ts";
import { testedText } from "#lib/probe-words.ts";
import { fieldOfType, MapForm, mappingOf, switchRefusals } from "#lib/server/bulk/switch-forms.ts";
import { faultSentence } from "#lib/server/fault-text.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { readParam, readQuery } from "#lib/server/queries.ts";
import { haltText, switchMark, switchStateText, waveText } from "#lib/switch-words.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const shownMost = 200;
const done = ["accept", "map", "stop", "return", "continue"] as const;
const Query = z.object({ gjort: z.enum(done).optional() });

type Asked = RequestEvent | Parameters<PageServerLoad>[0];
function idOf(event: Asked): string {
  requireRole(event, "authority", "region", "vendor-administrator", "vendor-editor");
  return readParam(Uuid, event.params.id);
}

export const load: PageServerLoad = async (event) => {
  const id = idOf(event);
  const { ctx } = event.locals;
  const { gjort } = readQuery(Query, event.url);
  const found = await getSwitch(ctx, { id });
  const glns = await listSwitchGlns(ctx, { id });
  const {
    state,
    from,
    to,
    waves,
    fault,
    limitPercent,
    deliveries,
    note,
    steps,
    mapping: _,
    sides,
    ...times
  } = found;
  return {
    ...{ id, state, from: from?.name ?? null, to: to.name, limitPercent, deliveries, note, steps },
    ...{ begunAt: new Date(times.begunAt), acceptedAt: dateOf(times.acceptedAt) },
    ...{ keyExpiresAt: dateOf(times.keyExpiresAt), locations: times.locations },
    isTaker: sides.includes("taker"),
    ...{
      mark: switchMark(state),
      about: switchStateText(state),
      halt: fault === null ? null : haltText(fault),
    },
    waves: waves.map((wave) => ({
      ...{ ...wave, text: waveText(wave.state), appliedAt: dateOf(wave.appliedAt) },
    })),
    glns: glns.slice(0, shownMost),
    done: gjort ?? null,
    map: steps.includes("map") ? await choicesOf(ctx, found) : null,
  };
};

const dateOf = (text: string | null) => (text === null ? null : new Date(text));

/** What the new vendor chooses from: its systems and endpoints, and the types that its location numbers will have. */
async function choicesOf(ctx: Context, { id, to }: VendorSwitch) {
  const [systems, endpoints, types] = await Promise.all([
    listSystems(ctx, { supplierId: to.id }),
    listEndpointChoices(ctx.db, to.id),
    listSwitchTypes(ctx, { id }),
  ]);
  return {
    systems: systems.map((system) => ({ value: system.id, text: system.name })),
    endpoints: endpoints.map(({ id: value, name, transport }) => ({ value, text: name, transport })),
    types: types.map((type) => ({ ...type, field: fieldOfType(type) })),
  };
}

const planCodes: readonly string[] = [...planErrors, ...planWarnings];
type PlanCode = Parameters<typeof problemText>[0]["code"];
const codeText = (code: string): string =>
  isFault(code)
    ? faultSentence(code)
    : planCodes.includes(code)
      ? problemText({ code: code as PlanCode })
      : code;

const options = { schema: MapForm, refusals: switchRefusals };

async function preview(ctx: Context, id: string, form: z.infer<typeof MapForm>) {
  const mapping = mappingOf(form, await listSwitchTypes(ctx, { id }));
  const { problems, unapproved, ...counts } = await previewMapping(ctx, { id, mapping });
  return {
    ...counts,
    problems: problems.map(({ gln, severity, code, messageType, version }) => ({
      ...{ gln, severity, text: codeText(code) },
      type: messageType === null ? null : `${messageType} ${version}`,
    })),
    unapproved: unapproved.map(({ messageType, version, locations }) => ({
      ...{ type: `${messageType} ${version}`, locations },
    })),
  };
}

const step =
  (name: (typeof done)[number], act: (ctx: Context, input: { id: string }) => Promise<void>) =>
  async (event: RequestEvent) => {
    const id = idOf(event);
    return await submitForm(event.request, { schema: z.object({}), refusals: switchRefusals }, async () => {
      await act(event.locals.ctx, { id });
      redirect(303, `/leverandoerskifte/${id}?gjort=${name}`);
    });
  };

export const actions: Actions = {
  renew: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, { schema: z.object({}), refusals: switchRefusals }, async () => {
      const renewed = await renewSwitchKey(event.locals.ctx, { id });
      event.setHeaders({ "cache-control": "no-store" });
      return { renewed };
    });
  },
  test: async (event) => {
    const id = idOf(event);
    const { ctx, config } = event.locals;
    return await submitForm(event.request, options, async ({ test }, values) => {
      const { endpoints } = await choicesOf(ctx, await getSwitch(ctx, { id }));
      const chosen = endpoints.find(({ value }) => value === test);
      if (!chosen) throw new DomainError("invalid", "endpoint-of-another", { field: "endpointId" });
      const method = "test-event" as const;
      const tested = await testEndpoint(ctx, { id: chosen.value, method, privateHosts: config.privateHosts });
      return { tested: { name: chosen.text, ...testedText(tested) }, problem: problemOfForm(values, []) };
    });
  },
  map: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, options, async (form, values) => ({
      preview: await preview(event.locals.ctx, id, form),
      problem: problemOfForm(values, []),
    }));
  },
  confirm: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, options, async (form) => {
      const { ctx } = event.locals;
      await confirmMapping(ctx, { id, mapping: mappingOf(form, await listSwitchTypes(ctx, { id })) });
      redirect(303, `/leverandoerskifte/${id}?gjort=map`);
    });
  },
  stop: step("stop", stopSwitch),
  return: step("return", returnSwitch),
  continue: step("continue", continueSwitch),
};
