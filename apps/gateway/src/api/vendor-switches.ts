import { createRoute } from "@hono/zod-openapi";
import { asRehearsal } from "@sor/core";
import {
  acceptSwitch,
  beginSwitch,
  confirmMapping,
  continueSwitch,
  getSwitch,
  listSwitches,
  listSwitchTypes,
  NewVendorSwitch,
  previewMapping,
  renewSwitchKey,
  returnSwitch,
  SwitchAcceptance,
  SwitchMapping,
  SwitchPreview,
  SwitchType,
  stopSwitch,
  VendorSwitch,
} from "@sor/core/vendor-switches";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { idempotent } from "../http/idempotent.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedReading,
  refusedWriting,
  security,
} from "./shared.ts";

const bytesMax = 1024 * 1024;
const common = { tags: ["vendor-switches"], security };
const writing: MiddlewareHandler<AppEnv>[] = [requireKey, limitBody(bytesMax), idempotent];
const posting = { query: nothing, headers: idempotencyHeader };

const dryRun = z.boolean().default(false).meta({ description: "Only say what would happen" });
const Beginning = NewVendorSwitch.extend({ dryRun }).meta({ id: "VendorSwitchBeginning" });
const Mapping = SwitchMapping.extend({ dryRun }).meta({ id: "VendorSwitchMapping" });

const Begun = z
  .object({
    id: z.string().nullable().meta({ description: "Null in a dry run" }),
    key: z
      .string()
      .nullable()
      .meta({ description: "For the new vendor; shown only here. Null in a dry run" }),
    keyExpiresAt: z.iso.datetime(),
    locations: z.int(),
    waves: z.array(z.object({ number: z.int(), day: z.string(), locations: z.int() })),
  })
  .meta({ id: "BegunVendorSwitch", description: "A vendor switch that was begun" });
const NewKey = z
  .object({ key: z.string(), keyExpiresAt: z.iso.datetime() })
  .meta({ id: "VendorSwitchKey", description: "A one-time key for the new vendor" });

const [giver, taker] = [
  { id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a31", name: "Nordlys Systemer" },
  { id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a32", name: "Fjordsoft" },
];
const systemId = "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a33";
const endpointId = "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34";
const id = "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a35";
const key = "7KQ2-M4ZP-9WXD-H3TB-6RNC-V8FA-J5GE-UY2S";
const keyExpiresAt = "2030-12-01T10:00:00.000Z";
const waves = [{ number: 1, day: "2031-01-01", locations: 1 }];
const example = {
  ...{ id, state: "accepted", from: giver, to: taker, locations: 1 },
  waves: [{ ...waves[0], state: "waiting", appliedAt: null, changeSetId: null }],
  ...{ limitPercent: 5, begunAt: "2030-11-17T10:00:00.000Z", acceptedAt: "2030-11-18T09:00:00.000Z" },
  ...{ endedAt: null, haltedAt: null, fault: null, deliveries: null, sides: ["taker"], note: "Kunde 4" },
  ...{ keyExpiresAt: null, mapping: null, steps: ["map", "stop"] },
} as never;
const typeExample = {
  ...{ messageType: "DIS91", version: "D9134L", direction: "receive" as const },
  ...{ locations: 1, endpointId, isApproved: false },
};

const listRoute = createRoute({
  ...common,
  method: "get",
  path: "/v1/vendor-switches",
  summary: "Your vendor switches · Leverandørskifter",
  description: "Those whose side you are on, the last begun first; at most 200.",
  middleware: [requireKey] as const,
  request: { query: nothing },
  responses: {
    200: json("The switches", z.object({ items: z.array(VendorSwitch) }), { items: [example] } as never),
    ...refusedReading(),
  },
});

const beginRoute = createRoute({
  ...common,
  method: "post",
  path: "/v1/vendor-switches",
  summary: "Begin a vendor switch · Begynd et leverandørskifte",
  description:
    "For the present vendor of the location numbers and for who edits their units. Answers a one-time key for the new vendor, valid for fourteen days. Nothing moves before the new vendor has entered it and mapped its endpoints.",
  middleware: writing,
  request: {
    ...posting,
    body: jsonBody(Beginning, {
      ...{ toSupplierId: taker.id, glns: ["5790000128686"] as never, waves: [{ day: "2031-01-01" }] },
      ...{ note: "Aftale 17", dryRun: true },
    }),
  },
  responses: {
    201: json("Begun", Begun, { id, key, keyExpiresAt, locations: 1, waves }),
    ...refusedWriting("not-found", "conflict"),
  },
});

const getRoute = createRoute({
  ...common,
  method: "get",
  path: "/v1/vendor-switches/{id}",
  summary: "A vendor switch · Et leverandørskifte",
  description: "For both sides; each is shown the state and what is its own.",
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: { 200: json("The switch", VendorSwitch, example), ...refusedReading("not-found") },
});

const typesRoute = createRoute({
  ...common,
  method: "get",
  path: "/v1/vendor-switches/{id}/message-types",
  summary: "What the location numbers of a switch receive and send · Typer i et leverandørskifte",
  description: "For the new vendor: the types on the first day, and whether its system is approved for them.",
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: {
    200: json("The types", z.object({ items: z.array(SwitchType) }), { items: [typeExample] }),
    ...refusedReading("not-found"),
  },
});

const acceptRoute = createRoute({
  ...common,
  method: "post",
  path: "/v1/vendor-switches/$accept",
  summary: "Accept a vendor switch with its key · Tag imod et leverandørskifte",
  description: "For the new vendor. The key is used up; 404 for every key that does not fit.",
  middleware: writing,
  request: { ...posting, body: jsonBody(SwitchAcceptance, { key, note: "Kunde 4" }) },
  responses: { 200: json("Accepted", VendorSwitch, example), ...refusedWriting("not-found") },
});

const renewRoute = createRoute({
  ...common,
  method: "post",
  path: "/v1/vendor-switches/{id}/$renew-key",
  summary: "A new key for the new vendor · Ny nøgle",
  description: "While the switch is offered; the old key is worth nothing any more.",
  middleware: writing,
  request: { params: byId, ...posting },
  responses: {
    200: json("The key", NewKey, { key, keyExpiresAt }),
    ...refusedWriting("not-found", "conflict"),
  },
});

const mapRoute = createRoute({
  ...common,
  method: "post",
  path: "/v1/vendor-switches/{id}/$map",
  summary: "Map a switch to your endpoints, and let it begin · Vælg endepunkter",
  description:
    "For the new vendor. With `dryRun` it says what would happen; else the first wave is applied at once, with effect from its day, and each later one two hours before its day.",
  middleware: writing,
  request: { params: byId, ...posting, body: jsonBody(Mapping, { systemId, endpointId, dryRun: true }) },
  responses: {
    200: json("What happens", SwitchPreview, {
      ...{ locations: 1, registrations: 12, errors: 0, warnings: 0, problems: [], unapproved: [typeExample] },
    }),
    ...refusedWriting("not-found", "conflict"),
  },
});

const steps = {
  stop: {
    ...{ act: stopSwitch, summary: "Stop a switch before its first day · Stop et leverandørskifte" },
    description: "For both sides. What was applied for days to come is undone, by the same worker.",
  },
  return: {
    ...{ act: returnSwitch, summary: "Return the location numbers · Lad lokationsnumrene gå tilbage" },
    description:
      "From the first day on, for the new vendor and who edits the units: its change sets are undone.",
  },
  continue: {
    ...{ act: continueSwitch, summary: "Let a halted switch go on · Fortsæt et standset skifte" },
    description: "For the new vendor and who edits the units; deliveries are counted anew.",
  },
} as const;

const stepRoute = (step: keyof typeof steps) =>
  createRoute({
    ...common,
    method: "post",
    path: `/v1/vendor-switches/{id}/$${step}`,
    summary: steps[step].summary,
    description: steps[step].description,
    middleware: writing,
    request: { params: byId, ...posting },
    responses: { 200: json("The switch", VendorSwitch, example), ...refusedWriting("not-found", "conflict") },
  });

/** Location numbers that pass from one vendor to another. */
export function vendorSwitches() {
  const app = newRouter();
  app.openapi(listRoute, async (c) => c.json({ items: await listSwitches(c.var.ctx) }, 200, noStore));
  app.openapi(beginRoute, async (c) => {
    const { dryRun: isDry, ...input } = c.req.valid("json");
    const begun = await beginSwitch(isDry ? asRehearsal(c.var.ctx) : c.var.ctx, input);
    const told = { ...begun, keyExpiresAt: begun.keyExpiresAt.toISOString() };
    return c.json({ ...told, ...(isDry && { id: null, key: null }) }, 201, noStore);
  });
  app.openapi(getRoute, async (c) => c.json(await getSwitch(c.var.ctx, c.req.valid("param")), 200, noStore));
  app.openapi(typesRoute, async (c) => {
    const items = await listSwitchTypes(c.var.ctx, c.req.valid("param"));
    return c.json({ items }, 200, noStore);
  });
  app.openapi(acceptRoute, async (c) => {
    const accepted = await acceptSwitch(c.var.ctx, c.req.valid("json"));
    return c.json(await getSwitch(c.var.ctx, accepted), 200, noStore);
  });
  app.openapi(renewRoute, async (c) => {
    const renewed = await renewSwitchKey(c.var.ctx, c.req.valid("param"));
    return c.json({ ...renewed, keyExpiresAt: renewed.keyExpiresAt.toISOString() }, 200, noStore);
  });
  app.openapi(mapRoute, async (c) => {
    const { dryRun: isDry, ...mapping } = c.req.valid("json");
    const input = { ...c.req.valid("param"), mapping };
    const preview = await (isDry ? previewMapping : confirmMapping)(c.var.ctx, input);
    return c.json(preview, 200, noStore);
  });
  for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
    app.openapi(stepRoute(step), async (c) => {
      const asked = c.req.valid("param");
      await steps[step].act(c.var.ctx, asked);
      return c.json(await getSwitch(c.var.ctx, asked), 200, noStore);
    });
  }
  return app;
}
