import type { Context } from "@sor/core";
import { Gln, RoutedGln, Uuid } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import {
  findChangeOfSet,
  findLocationChange,
  getLocation,
  type HistoryLine,
  type Location,
  listRegistrations,
  messageTypes,
} from "@sor/core/message-types";
import { findDeviation } from "@sor/core/profiles";
import { dayInDenmark } from "@sor/core/validity";
import { fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import { lastDayOf } from "#lib/location/location-rows.ts";
import { openSetsOf } from "#lib/server/changes/open-sets.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { comingChanges } from "#lib/server/location/coming.ts";
import { openPeriods, periodKey, readOpenRow, readPanel, rowKey } from "#lib/server/location/edits.ts";
import { readingOf } from "#lib/server/location/reading.ts";
import { Posted, reviewEdit, saveLocationEdit } from "#lib/server/location/review-edit.ts";
import { readParam } from "#lib/server/queries.ts";
import { Form } from "#lib/server/unit-edits/form.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx, config } = event.locals;
  const gln = readParam(RoutedGln, event.params.gln);
  // Read first, so that what is saved while the page loads counts as later.
  const seen = await currentSequence(ctx.db);
  const location = await getLocation(ctx, { gln });
  const { versions: _, registrations, ...rest } = location;
  const all = await listRegistrations(ctx, { gln });
  const saved = await findSaved(ctx, gln, event.url.searchParams.get("gemt"));
  return {
    location: rest,
    sections: readingOf(all, ctx.now),
    coming: comingChanges(registrations, ctx.now),
    versions: location.mayEdit ? otherVersions(registrations) : [],
    open: location.mayEdit ? openRow(location, event.url.searchParams.get("ret"), ctx.now) : null,
    openSets: await openSetsOf(ctx, { type: "location", id: gln }),
    deviation: await findDeviation(ctx, { gln }),
    seen,
    now: ctx.now,
    saved: saved && {
      sequence: saved.sequence,
      at: saved.at,
      call: callOf(saved, gln, config.gatewayOrigin),
    },
  };
};

/** The versions that a present type could continue in. */
function otherVersions(registrations: Location["registrations"]): string[] {
  const held = new Set(registrations.map((row) => `${row.messageType} ${row.version}`));
  const codes = new Set(registrations.map((row) => row.messageType));
  const pairs = messageTypes.flatMap(({ code, version, kind }) =>
    code !== undefined && version !== undefined && kind !== "namespace" && codes.has(code)
      ? [`${code} ${version}`]
      : [],
  );
  return [...new Set(pairs)].filter((pair) => !held.has(pair)).toSorted();
}

/** The row that `?ret=` opens, by its key or by one of its types, with the values of its fields. */
function openRow({ registrations }: Location, asked: string | null, now: Date) {
  const named = registrations.find(
    (row) => asked === rowKey(row) || asked === `${row.messageType} ${row.version}`,
  );
  if (!named) return null;
  const key = rowKey(named);
  const names = new Map(registrations.map((row) => [row.endpointId, row.endpointName]));
  return {
    key,
    periods: openPeriods(registrations, key).map((row) => ({
      start: periodKey(row),
      pair: `${row.messageType} ${row.version}`,
      endpointId: row.endpointId ?? "",
      endpointName: names.get(row.endpointId) ?? null,
      validFrom: row.validFrom,
      hasBegun: row.validFrom <= now,
      from: dayInDenmark(row.validFrom),
      to: row.validTo === null ? "" : lastDayOf(row.validTo),
    })),
  };
}

// A change set by its id, or an undo by its number in the journal.
async function findSaved(ctx: Context, gln: string, asked: string | null): Promise<HistoryLine | undefined> {
  const set = Uuid.safeParse(asked);
  if (set.success) return await findChangeOfSet(ctx, { gln, changeSetId: set.data });
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

/** A posted form of the page: the panel, or the fields of the open row. */
async function posted<Result>(
  event: RequestEvent,
  act: (asked: Parameters<typeof reviewEdit>[0], form: Form) => Promise<Result>,
) {
  requireUser(event);
  return await submitForm(event.request, { schema: Posted }, async (values) => {
    const form = new Form(values);
    const read = form.text("ret") === "" ? readPanel : readOpenRow;
    const gln = readParam(Gln, event.params.gln);
    return await act({ ctx: event.locals.ctx, gln, read }, form);
  });
}

export const actions: Actions = {
  preview: async (event) => await posted(event, reviewEdit),
  save: async (event) => await posted(event, saveLocationEdit),
  // Back from the review with all that was typed.
  edit: async (event) => await posted(event, async (_, { problem }) => ({ problem })),
  open: async (event) =>
    await posted(event, async ({ gln }, form) => {
      const [first] = form.list("valgt");
      if (first !== undefined) redirect(303, `/lokationer/${gln}?ret=${encodeURIComponent(first)}#ret`);
      form.fault(undefined, m.one_nothing_chosen());
      return fail(400, { problem: form.problem });
    }),
};
