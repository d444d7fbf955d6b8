import { type Context, DomainError } from "@sor/core";
import { Etag } from "@sor/core/endpoints";
import { Gln, RoutedGln } from "@sor/core/identifiers";
import {
  findLocationChange,
  getLocation,
  type HistoryLine,
  type Location,
  previewUndo,
  RegistrationUndo,
  undoRegistrations,
} from "@sor/core/message-types";
import { fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import { problemOfForm } from "#lib/form-problem.ts";
import { problemText } from "#lib/location/location-words.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readParam } from "#lib/server/queries.ts";
import { linesOfChanges, reviewOf, unconfirmedGaps } from "#lib/server/review.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

const Sequence = z.coerce.number().pipe(RegistrationUndo.shape.sequence);

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const gln = readParam(RoutedGln, event.params.gln);
  const sequence = readParam(Sequence, event.params.nummer);
  const line = await findLocationChange(ctx, { gln, sequence });
  if (!line) throw new DomainError("not-found", "no-such-change");
  const location = await getLocation(ctx, { gln });
  const undo = location.mayEdit && line.isUndoable ? await undoOf(ctx, { line, location }) : null;
  return { gln, line, lines: linesOfChanges(line.changes), undo, now: ctx.now };
};

/** The result of undoing, or why it is impossible. */
async function undoOf(ctx: Context, { line, location }: { line: HistoryLine; location: Location }) {
  const { gln } = location;
  const { plan, etag, later } = await previewUndo(ctx, { gln, sequence: line.sequence });
  const errors = plan.problems
    .filter(({ severity }) => severity === "error")
    .map((problem) => `${problem.messageType} ${problem.version}: ${problemText(problem)}`);
  // An endpoint that can no longer be chosen still has a name.
  const named = [
    ...location.registrations,
    ...line.changes.flatMap(({ before, after }) => [...before, ...after]),
  ].flatMap(({ endpointId, endpointName }) =>
    endpointId && endpointName ? [{ id: endpointId, name: endpointName }] : [],
  );
  const lines = reviewOf(plan, [...named, ...location.endpointChoices]);
  return { lines, errors: [...new Set(errors)], etag, later };
}

const Undoing = z.object({ etag: Etag, gap: z.union([z.string(), z.array(z.string())]).optional() });
const refusals = { conflict: () => m.locations_undo_conflict() };

export const actions: Actions = {
  default: async (event) => {
    requireUser(event);
    const { ctx } = event.locals;
    const gln = readParam(Gln, event.params.gln);
    const sequence = readParam(Sequence, event.params.nummer);
    return await submitForm(event.request, { schema: Undoing, refusals }, async ({ etag, gap }) => {
      const { plan } = await previewUndo(ctx, { gln, sequence });
      const unconfirmed = unconfirmedGaps(reviewOf(plan, []), gap);
      if (unconfirmed.length > 0) {
        return fail(400, { problem: problemOfForm({ gap: gap ?? [] }, unconfirmed) });
      }
      const undone = await undoRegistrations(ctx, { gln, sequence, etag, allowGaps: true });
      redirect(303, `/lokationer/${gln}?gemt=${undone.sequence}`);
    });
  },
};
