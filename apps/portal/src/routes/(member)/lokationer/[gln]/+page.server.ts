import { type Context, DomainError } from "@sor/core";
import { RoutedGln } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import {
  findLocationChange,
  getLocation,
  type HistoryLine,
  messageTypes,
  previewRegistrations,
  setRegistrations,
} from "@sor/core/message-types";
import { type ActionFailure, fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { rowOf } from "#lib/location-rows.ts";
import { openSetsOf } from "#lib/server/changes/open-sets.ts";
import { formValues, submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { type MatrixValues, newRows, problemOfForm } from "#lib/server/matrix-form.ts";
import { errorsOfPlan, type Meanwhile, mergePosted, Posted, readPosted } from "#lib/server/posted-matrix.ts";
import { readParam } from "#lib/server/queries.ts";
import { type ReviewLine, reviewOf, unconfirmedGaps } from "#lib/server/review.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const catalogue = messageTypes.flatMap(({ code, version, nameDa, nameEn, kind, format, status }) =>
  code === undefined ||
  version === undefined ||
  kind === "namespace" ||
  format === "other" ||
  status !== "current"
    ? []
    : [{ pair: `${code} ${version}`, format, nameDa, nameEn }],
);

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx, config } = event.locals;
  const gln = readParam(RoutedGln, event.params.gln);
  // Read first, so that what is saved while the page loads counts as later.
  const seen = await currentSequence(ctx.db);
  const location = await getLocation(ctx, { gln });
  const { versions: _, registrations, ...rest } = location;
  const received = new Set(
    registrations
      .filter((row) => row.direction === "receive")
      .map((row) => `${row.messageType} ${row.version}`),
  );
  const saved = await findSaved(ctx, gln, event.url.searchParams.get("gemt"));
  return {
    location: rest,
    rows: registrations.map((row) => rowOf(row, ctx.now)),
    catalogue: location.mayEdit
      ? catalogue.map((type) => ({ ...type, isReceived: received.has(type.pair) }))
      : [],
    openSets: await openSetsOf(ctx, { type: "location", id: gln }),
    newRows,
    seen,
    now: ctx.now,
    saved: saved && {
      sequence: saved.sequence,
      at: saved.at,
      call: callOf(saved, gln, config.gatewayOrigin),
    },
  };
};

async function findSaved(ctx: Context, gln: string, asked: string | null): Promise<HistoryLine | undefined> {
  const sequence = z.coerce.number().int().positive().safeParse(asked);
  return sequence.success ? await findLocationChange(ctx, { gln, sequence: sequence.data }) : undefined;
}

/** The gateway call that looks up what was saved. */
function callOf({ changes }: HistoryLine, gln: string, gatewayOrigin: string): string {
  const pairs = changes.flatMap(({ subject, after }) =>
    subject.of === "registration" && subject.direction === "receive" ? [{ ...subject, after }] : [],
  );
  const pair = pairs.find(({ after }) => after.length > 0) ?? pairs[0];
  const path = pair
    ? `/${encodeURIComponent(pair.messageType)}?version=${encodeURIComponent(pair.version)}`
    : "";
  return `curl '${gatewayOrigin}/v1/routes/${gln}${path}'`;
}

type Reviewed = { review: ReviewLine[]; values: Record<string, string[]>; merged?: Meanwhile | undefined };
type Refused = ActionFailure<{ problem: FormProblem; merged?: Meanwhile | undefined }>;

/** The result of a change, or undefined if others have saved since the form was opened. */
async function unlessChanged<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DomainError && error.details.fault === "etag") return undefined;
    throw error;
  }
}

/**
 * The changes of a posted matrix against the current state, merged with what others have saved since. Fails with the faults by
 * field, including conflicts.
 */
async function toReview(
  event: RequestEvent,
  values: MatrixValues,
  merged?: Meanwhile,
): Promise<Reviewed | Refused> {
  const { ctx } = event.locals;
  const { form, faults, input } = readPosted(event.params.gln, values);
  const outcome = await unlessChanged(() => previewRegistrations(ctx, input));
  if (!outcome) {
    const onto = await mergePosted(ctx, input.gln, values);
    if (onto.collisions.length === 0) return await toReview(event, onto.values, onto.merged);
    return fail(409, { problem: problemOfForm(onto.values, onto.collisions), merged: onto.merged });
  }
  const found = [...faults, ...errorsOfPlan(form, outcome.plan.problems)];
  if (found.length > 0) return fail(400, { problem: problemOfForm(values, found), merged });
  const { endpointChoices } = await getLocation(ctx, { gln: input.gln });
  return {
    review: reviewOf(outcome.plan, endpointChoices),
    values: problemOfForm(values, []).values,
    merged,
  };
}

async function save(event: RequestEvent, values: MatrixValues) {
  const reviewed = await toReview(event, values);
  if (!("review" in reviewed) || reviewed.merged) return reviewed;
  const unconfirmed = unconfirmedGaps(reviewed.review, values["gap"]);
  if (unconfirmed.length > 0) {
    return fail(400, { ...reviewed, problem: problemOfForm(values, unconfirmed) });
  }
  const { input } = readPosted(event.params.gln, values);
  const saved = await unlessChanged(() => setRegistrations(event.locals.ctx, input));
  if (!saved) return await toReview(event, values);
  const { sequence } = saved;
  redirect(303, `/lokationer/${input.gln}${sequence === null ? "" : `?gemt=${sequence}`}`);
}

export const actions: Actions = {
  preview: async (event) => {
    requireUser(event);
    return await submitForm(
      event.request,
      { schema: Posted },
      async (values) => await toReview(event, values),
    );
  },
  edit: async (event) => {
    requireUser(event);
    const { gap: _, ...values } = formValues(await event.request.formData());
    return { problem: problemOfForm(values, []) };
  },
  save: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: Posted }, async (values) => await save(event, values));
  },
};
