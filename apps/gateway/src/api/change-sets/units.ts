import { createRoute } from "@hono/zod-openapi";
import { DomainError } from "@sor/core";
import { numberUnit, OrganisationMove, UnitClosing } from "@sor/core/changesets";
import { SorId } from "@sor/core/identifiers";
import {
  Day,
  getUnitLine,
  NewOrganisation,
  OrganisationAttributes,
  OrganisationLevel,
  OrganisationReplacement,
} from "@sor/core/organisations";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../../app-env.ts";
import { requireKey } from "../../http/caller.ts";
import { ifMatch, statesOf } from "../../http/conditional.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problem } from "../../problems/index.ts";
import { readUnit } from "../organisations/organisations.ts";
import { roundTrip } from "../round-trip.ts";
import { idempotencyHeader, jsonBody, security } from "../shared.ts";
import { answerEdit, bodyBytesMax, commentShape, dryRunQuery, editedResponses } from "./edited.ts";
import { Submission } from "./steps.ts";

const tags = ["organisations"];
const bySorId = z.object({ sorId: SorId });
const middleware: MiddlewareHandler<AppEnv>[] = [requireKey, limitBody(bodyBytesMax), idempotent];

const { updatedOn, ...attributes } = OrganisationAttributes.shape;
const Attributes = z.object(attributes);
const period = { validFrom: NewOrganisation.shape.validFrom, validTo: NewOrganisation.shape.validTo };
const New = z
  .strictObject({
    sorId: SorId.optional(),
    level: OrganisationLevel,
    ...period,
    ...attributes,
    ...commentShape,
  })
  .meta({ id: "OrganisationInput", description: "A unit to register, and from which day on" });
const Whole = z.object({ ...period, ...attributes, ...commentShape });
/** What follows from the unit, its day and its parents. */
const computed = z.object({
  sorId: SorId,
  level: OrganisationLevel,
  firstFrom: Day,
  recordedAt: z.iso.datetime(),
  supersededAt: z.iso.datetime().nullable(),
  updatedOn,
  path: z.array(z.unknown()),
  effective: z.record(z.string(), z.unknown()),
  withdrawal: z.unknown(),
});
const ofPut = roundTrip(Whole, Whole.extend(computed.shape), [
  ...(["recordedAt", "supersededAt", "updatedOn", "path", "effective", "withdrawal"] as const),
]);
const Put = ofPut.schema.meta({
  id: "OrganisationPut",
  description: "A unit's content from a day on, or between two; the answer of GET can be sent back",
});
const { endings } = Submission.shape;
const Closing = UnitClosing.omit({ sorId: true })
  .extend({ endings, ...commentShape })
  .strict()
  .meta({ id: "OrganisationClosingInput", description: "From when a unit is closed, and its successors" });
const Move = OrganisationMove.omit({ sorId: true })
  .extend(commentShape)
  .strict()
  .meta({ id: "OrganisationMoveInput", description: "A unit's new parent from a day on" });
const Replacement = OrganisationReplacement.omit({ sorId: true })
  .extend(commentShape)
  .strict()
  .meta({ id: "OrganisationReplacementInput", description: "All successors of a unit" });

const parentSorId = "311000016009";
const given = { validFrom: "2031-01-01", name: "Medicinsk Afsnit 3", parentSorId } as never;

const newRoute = createRoute({
  method: "post",
  path: "/v1/organisations",
  summary: "Register a unit · Ny enhed",
  description:
    "Needs the right to edit the parent; an institution owner that to edit the whole register. Without `sorId` it gets the next one.",
  tags,
  security,
  middleware,
  request: {
    query: dryRunQuery,
    headers: idempotencyHeader,
    body: jsonBody(New, { ...(given as object), level: "institution" } as never),
  },
  responses: editedResponses(201),
});

const putRoute = createRoute({
  method: "put",
  path: "/v1/organisations/{sorId}",
  summary: "Set a unit's content from a day on · Ret en enhed",
  description:
    "From `validFrom` until `validTo`, or for good; members left out are null. The answer of GET can be sent back and changes nothing; `path`, `effective`, `withdrawal`, `recordedAt`, `supersededAt` and `updatedOn` are ignored. Days on which the unit is closed stay closed. If-Match is required.",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax)] as const,
  request: { params: bySorId, query: dryRunQuery, body: jsonBody(Put, given) },
  responses: editedResponses(200, "precondition-failed", "precondition-required"),
});

const stepRoute = <Body extends z.ZodType>(
  step: string,
  of: { summary: string; description: string },
  body: Body,
  example: z.input<Body>,
  isBased: boolean,
) =>
  createRoute({
    method: "post",
    path: `/v1/organisations/{sorId}/$${step}`,
    ...of,
    tags,
    security,
    middleware,
    request: {
      params: bySorId,
      query: dryRunQuery,
      headers: idempotencyHeader,
      body: jsonBody(body, example),
    },
    responses: editedResponses(
      200,
      ...(isBased ? (["precondition-failed", "precondition-required"] as const) : []),
    ),
  });

const closeRoute = stepRoute(
  "close",
  {
    summary: "Close a unit, and name its successors · Luk en enhed",
    description:
      "`validTo` is the first day on which it is no longer valid. `closing: replaced` names the successors and how much each takes over, `ended` says that there are none, `registered-in-error` with a `reason` that the unit should never have been there: it is then listed by `GET /v1/withdrawals`, and its number is never given again. Refused while units stand below it or messages are received beyond that day. If-Match is required.",
  },
  Closing,
  {
    validTo: "2035-01-01",
    closing: "replaced",
    successors: [{ sorId: "121000016003", share: "all" }],
  } as never,
  true,
);
const moveRoute = stepRoute(
  "move",
  {
    summary: "Move a unit below another parent · Flyt en enhed",
    description: "Needs the right to edit at both places. If-Match is required.",
  },
  Move,
  { validFrom: "2032-01-01", parentSorId } as never,
  true,
);
const replaceRoute = stepRoute(
  "replace",
  {
    summary: "Set all successors of a unit · Sæt efterfølgere",
    description:
      "Those left out are no longer successors. Without `share` the only one takes over all, and each of several a part.",
  },
  Replacement,
  { successors: [{ sorId: "121000016003", share: "all" }] } as never,
  false,
);

const tagOf = (c: Context<AppEnv>, sorId: string) => async () =>
  // A unit that is not valid today cannot be read without a day.
  (await readUnit(c.var.ctx, { sorId }).catch(ifNotValid)).tag;

function ifNotValid(error: unknown): { tag: { ETag?: string } } {
  if (error instanceof DomainError) return { tag: {} };
  throw error;
}

/** Edits of one unit, each a change set of its own. */
export function unitEdits() {
  const app = newRouter();

  app.openapi(newRoute, async (c) => {
    const isDryRun = c.req.valid("query").dryRun === "true";
    const { comment, level, sorId, validFrom, validTo, ...content } = c.req.valid("json");
    const unit = { level, sorId, validFrom, validTo, attributes: { ...content, updatedOn: null } };
    const command = await numberUnit(c.var.ctx, unit, isDryRun);
    const { sorId: id } = command as { sorId: string };
    const title = `Ny enhed: ${content.name}`;
    const location = `/v1/organisations/${id}`;
    return await answerEdit(c, { command, title, comment, isDryRun, location, tag: tagOf(c, id) });
  });

  app.openapi(putRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { sorId } = c.req.valid("param");
    const wanted = c.req.valid("json");
    const { level, firstFrom } = await getUnitLine(c.var.ctx.db, sorId);
    const errors = ofPut.faultsOf(wanted, { sorId, level, firstFrom }, c.var.language);
    if (errors.length > 0) return problem(c, "invalid", { errors });
    const { validFrom, validTo, comment } = wanted;
    const command = {
      kind: "unit.change",
      sorId,
      validFrom,
      validTo,
      attributes: Attributes.parse(wanted),
    } as const;
    const isDryRun = c.req.valid("query").dryRun === "true";
    const edit = { command, title: `Ret enhed ${sorId}`, comment, etag: statesOf(expected) };
    return await answerEdit(c, { ...edit, isDryRun, tag: tagOf(c, sorId) });
  });

  addSteps(app);
  return app;
}

function addSteps(app: ReturnType<typeof newRouter>): void {
  app.openapi(closeRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { sorId } = c.req.valid("param");
    const { comment, endings: count, ...closing } = c.req.valid("json");
    const command = { kind: "unit.close", sorId, ...closing } as const;
    const isDryRun = c.req.valid("query").dryRun === "true";
    const edit = { command, title: `Luk enhed ${sorId}`, comment, etag: statesOf(expected), endings: count };
    return await answerEdit(c, { ...edit, isDryRun, tag: tagOf(c, sorId) });
  });

  app.openapi(moveRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { sorId } = c.req.valid("param");
    const { comment, ...move } = c.req.valid("json");
    const command = { kind: "unit.move", sorId, ...move } as const;
    const isDryRun = c.req.valid("query").dryRun === "true";
    const edit = { command, title: `Flyt enhed ${sorId}`, comment, etag: statesOf(expected) };
    return await answerEdit(c, { ...edit, isDryRun, tag: tagOf(c, sorId) });
  });

  app.openapi(replaceRoute, async (c) => {
    const { sorId } = c.req.valid("param");
    const { comment, successors } = c.req.valid("json");
    const command = { kind: "unit.replace", sorId, successors } as const;
    const isDryRun = c.req.valid("query").dryRun === "true";
    const edit = { command, title: `Efterfølgere for enhed ${sorId}`, comment };
    return await answerEdit(c, { ...edit, isDryRun, tag: tagOf(c, sorId) });
  });
}
