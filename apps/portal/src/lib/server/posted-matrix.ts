import { type Context, DomainError } from "@sor/core";
import {
  getLocation,
  type HistoryLine,
  listLocationHistory,
  type PlanProblem,
  RegistrationSet,
} from "@sor/core/message-types";
import { z } from "zod";
import { rowOf } from "#lib/location-rows.ts";
import { problemText } from "#lib/location-words.ts";
import { fieldOfProblem, type MatrixForm, type MatrixValues, readMatrixForm, textOf } from "./matrix-form.ts";
import { mergeForm } from "./merge-form.ts";

type Fault = { field: string; text: string };

/** A posted matrix as core takes it, with what cannot be read of it. */
export type PostedMatrix = { form: MatrixForm; faults: Fault[]; input: RegistrationSet };

/** The values of any form, before its fields are read. */
export const Posted = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** What the posted matrix of a location number asks for. Throws `invalid` for a form that is not one of ours. */
export function readPosted(gln: string | undefined, values: MatrixValues): PostedMatrix {
  const form = readMatrixForm(values);
  const faults = form.faults.map(({ field, code, pair }) => ({
    field,
    text: faultOfPair(field, pair ?? "", problemText({ code })),
  }));
  const comment = textOf(values, "comment");
  const input = RegistrationSet.omit({ registrations: true }).safeParse({
    gln,
    etag: values["etag"],
    // Gaps are told on the review, and confirmed there one by one.
    allowGaps: true,
    ...(comment && { comment }),
  });
  if (!input.success) throw new DomainError("invalid", "The form is not one of ours.");
  return { form, faults, input: { ...input.data, registrations: form.wanted } };
}

/** The errors of a plan, each at its field. */
export function errorsOfPlan(form: MatrixForm, problems: readonly PlanProblem[]): Fault[] {
  return problems
    .filter((problem) => problem.severity === "error")
    .map((problem) => {
      const field = fieldOfProblem(form, problem);
      const pair = `${problem.messageType} ${problem.version}`;
      return { field, text: faultOfPair(field, pair, problemText(problem)) };
    });
}

/** All ticks stand in one field, so that a fault there names its pair. */
function faultOfPair(field: string, pair: string, text: string): string {
  return field === "type-tick" ? `${pair}: ${text}` : text;
}

/** What others have saved since a form was opened, and which of its ticks they have made needless. */
export type Meanwhile = { meanwhile: HistoryLine[]; added: string[] };

/** Puts a posted matrix onto what others have saved since its page was opened. */
export async function mergePosted(
  ctx: Context,
  gln: string,
  values: MatrixValues,
): Promise<{ values: MatrixValues; collisions: Fault[]; merged: Meanwhile }> {
  const location = await getLocation(ctx, { gln });
  const rows = location.registrations.map((row) => rowOf(row, ctx.now));
  const names = new Map<string, string>(location.endpointChoices.map(({ id, name }) => [id, name]));
  for (const { endpointId, endpointName } of rows) {
    if (endpointId && endpointName) names.set(endpointId, endpointName);
  }
  const { added, ...onto } = mergeForm(values, {
    rows,
    etag: location.etag,
    endpointName: (id) => names.get(id) ?? id,
  });
  const since = z.coerce.number().int().nonnegative().safeParse(textOf(values, "seen"));
  const { items } = await listLocationHistory(ctx, { gln, since: since.data ?? 0, limit: 10 });
  const meanwhile = items.filter(({ outcome, changes }) => outcome === "done" && changes.length > 0);
  return { ...onto, merged: { meanwhile, added } };
}
