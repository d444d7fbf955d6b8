import { Gln, RoutedGln } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import { Direction, getLocation, lastingAfter, listRegistrations } from "@sor/core/message-types";
import { error } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { copied, pairOfValue, readAdditions, searchAddable } from "#lib/server/location/additions.ts";
import { Posted, reviewEdit, saveLocationEdit } from "#lib/server/location/review-edit.ts";
import { readParam } from "#lib/server/queries.ts";
import { Form } from "#lib/server/unit-edits/form.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const chosenMax = 500;

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx, requestId } = event.locals;
  const gln = readParam(RoutedGln, event.params.gln);
  const seen = await currentSequence(ctx.db);
  const location = await getLocation(ctx, { gln });
  if (!location.mayEdit) error(403, "not-allowed", { code: "not-allowed", requestId });
  const { searchParams } = event.url;
  const text = (name: string) => (searchParams.get(name) ?? "").trim().slice(0, 100);
  const direction = Direction.safeParse(text("retning")).data ?? "receive";
  const from = text("fra");
  const copy = from === "" ? null : await copyFrom(event, from, location.registrations);
  const ticked = searchParams.getAll("type").slice(0, chosenMax);
  const chosen = [...new Set([...ticked, ...(copy?.values ?? [])])].filter((value) => pairOfValue(value));
  return {
    gln,
    unitName: location.units[0]?.name ?? null,
    endpoints: location.endpointChoices,
    types: searchAddable(text("q"), direction, location.registrations),
    chosen,
    query: { q: text("q"), retning: direction, fra: from, endpoint: text("endpoint"), dag: text("dag") },
    copy: copy && { count: copy.values.length, fault: copy.fault },
    seen,
    now: ctx.now,
  };
};

/** The types to take over from another location number, or why there are none. */
async function copyFrom(
  { locals: { ctx } }: Pick<RequestEvent, "locals">,
  from: string,
  held: Parameters<typeof copied>[1],
): Promise<{ values: string[]; fault: string | null }> {
  const other = Gln.safeParse(from.replaceAll(/\s/g, ""));
  const theirs = other.success ? await listRegistrations(ctx, { gln: other.data }) : [];
  if (theirs.length === 0) return { values: [], fault: m.one_copy_unknown() };
  return { values: copied(lastingAfter(ctx.now, theirs), held), fault: null };
}

async function posted<Result>(
  event: RequestEvent,
  act: (asked: Parameters<typeof reviewEdit>[0], form: Form) => Promise<Result>,
) {
  requireUser(event);
  return await submitForm(event.request, { schema: Posted }, async (values) => {
    const gln = readParam(Gln, event.params.gln);
    return await act({ ctx: event.locals.ctx, gln, read: readAdditions }, new Form(values));
  });
}

export const actions: Actions = {
  preview: async (event) => await posted(event, reviewEdit),
  save: async (event) => await posted(event, saveLocationEdit),
  edit: async (event) => await posted(event, async (_, { problem }) => ({ problem })),
};
