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

/** A posted matrix as input for core, with its faults. */
type PostedMatrix = { form: MatrixForm; faults: Fault[]; input: RegistrationSet };

/** The raw values of a form. */
export const Posted = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** Reads the posted matrix of a location number. Throws `invalid` for a form that the page did not render. */
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
    // Gaps are shown on the review, and confirmed there one by one.
    allowGaps: true,
    ...(comment && { comment }),
  });
  if (!input.success) throw new DomainError("invalid", "foreign-form");
  return { form, faults, input: { ...input.data, registrations: form.wanted } };
}

/** The errors of a plan, by field. */
export function errorsOfPlan(form: MatrixForm, problems: readonly PlanProblem[]): Fault[] {
  return problems
    .filter((problem) => problem.severity === "error")
    .map((problem) => {
      const field = fieldOfProblem(form, problem);
      const pair = `${problem.messageType} ${problem.version}`;
      return { field, text: faultOfPair(field, pair, problemText(problem)) };
    });
}

/** All ticks share one field, so a fault there names its pair. */
function faultOfPair(field: string, pair: string, text: string): string {
  return field === "type-tick" ? `${pair}: ${text}` : text;
}

/** What others have saved since a form was opened, and which ticks that made redundant. */
export type Meanwhile = { meanwhile: HistoryLine[]; added: string[] };

/** Merges a posted matrix with what others have saved since its page was opened. */
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
