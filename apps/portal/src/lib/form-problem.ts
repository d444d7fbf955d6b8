/** The result of a failed form: the submitted values and the faults. */
export type FormProblem = {
  /** As submitted, without passwords. */
  values: Record<string, string[]>;
  /** Texts in the page's language, by field name. */
  fieldFaults: Record<string, string[]>;
  /** Faults that belong to no single field. */
  formFaults: string[];
};

/**
 * The ETag that a form posts. While field faults are being corrected it stays the posted one, so that a concurrent change is
 * still refused; after that refusal, which the page shows, it is the current one.
 */
export function versionToPost(problem: FormProblem | null | undefined, present: string): string {
  if (!problem || problem.formFaults.length > 0) return present;
  return problem.values.etag?.[0] ?? present;
}

/** The posted values and the faults of single fields, for the page to show. */
export function problemOfForm(
  values: Readonly<Record<string, string | string[]>>,
  faults: readonly { field: string; text: string }[],
): FormProblem {
  const problem: FormProblem = { values: {}, fieldFaults: {}, formFaults: [] };
  for (const [name, value] of Object.entries(values)) problem.values[name] = [value].flat();
  for (const { field, text } of faults) {
    problem.fieldFaults[field] = [...new Set([...(problem.fieldFaults[field] ?? []), text])];
  }
  return problem;
}
