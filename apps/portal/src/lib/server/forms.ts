import { DomainError, type ErrorCode } from "@sor/core";
import { type ActionFailure, fail } from "@sveltejs/kit";
import type { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { m } from "#lib/words/index.ts";
import { faultText } from "./fault-text.ts";
import { nameForm } from "./repeated-forms.ts";

const fieldsMax = 5000;

type FormOptions<Schema extends z.ZodType> = {
  schema: Schema;
  /** Texts for faults of single fields, where the general ones are too vague. */
  faults?: Record<string, (issue: z.core.$ZodIssue) => string>;
  /** Texts for core's refusals, where the general ones are too vague; may be attached to a field. */
  refusals?: Partial<Record<ErrorCode, (error: DomainError) => string | { field: string; text: string }>>;
};

/** The fields of a form: a single value as text, repeated names as a list; files are ignored. */
export function formValues(data: FormData): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  let count = 0;
  for (const name of new Set(data.keys())) {
    const texts = data.getAll(name).filter((value) => typeof value === "string");
    count += texts.length;
    if (count > fieldsMax) throw new DomainError("too-large", "too-many-fields");
    const list = name.endsWith("[]");
    values[list ? name.slice(0, -2) : name] = list || texts.length > 1 ? texts : (texts[0] ?? "");
  }
  return values;
}

/** The general text for a refusal of core. */
function refusalText(code: ErrorCode): string {
  const texts = {
    "not-found": m.form_refused_not_found,
    "not-allowed": m.form_refused_not_allowed,
    "not-signed-in": m.form_refused_not_signed_in,
    conflict: m.form_refused_conflict,
    invalid: m.form_refused_invalid,
    gone: m.form_refused_gone,
    "too-many": m.form_refused_too_many,
    "too-large": m.form_refused_too_large,
    unavailable: m.form_refused_unavailable,
  } satisfies Record<ErrorCode, () => string>;
  return texts[code]();
}

function shown(values: Record<string, string | string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => !/password|secret|token/i.test(name))
      .map(([name, value]) => [name, [value].flat()]),
  );
}

const statuses: Partial<Record<ErrorCode, number>> = {
  "not-allowed": 403,
  "not-found": 404,
  "not-signed-in": 401,
  "too-many": 429,
  unavailable: 503,
};

function noteFault(problem: FormProblem, field: string, text: string): void {
  if (field === "") problem.formFaults.push(text);
  else problem.fieldFaults[field] = [...new Set([...(problem.fieldFaults[field] ?? []), text])];
}

/**
 * Parses a posted form with a schema of core and calls `act`, which also gets the raw values. Returns the result of `act` (which
 * may redirect), or a failure whose `problem` holds the values and faults for the form.
 */
export async function submitForm<Schema extends z.ZodType, Result>(
  request: Request,
  options: FormOptions<Schema>,
  act: (input: z.output<Schema>, values: FormProblem["values"]) => Promise<Result>,
): Promise<Result | ActionFailure<{ problem: FormProblem }>> {
  const values = formValues(await request.formData());
  nameForm(request, values);
  const problem: FormProblem = { values: shown(values), fieldFaults: {}, formFaults: [] };
  const read = options.schema.safeParse(values);
  if (!read.success) {
    for (const issue of read.error.issues) {
      const field = String(issue.path[0] ?? "");
      noteFault(problem, field, options.faults?.[field]?.(issue) ?? faultText(issue));
    }
    return fail(400, { problem });
  }
  try {
    return await act(read.data, problem.values);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const refusal = options.refusals?.[error.code]?.(error) ?? refusalText(error.code);
    if (typeof refusal === "string") noteFault(problem, "", refusal);
    else noteFault(problem, refusal.field, refusal.text);
    return fail(statuses[error.code] ?? 400, { problem });
  }
}
