/** What a form gives back when it could not be carried out: what was typed, and what is wrong where. */
export type FormProblem = {
  /** As typed, without passwords. */
  values: Record<string, string[]>;
  /** Texts in the page's language, by field name. */
  fieldFaults: Record<string, string[]>;
  /** Faults that belong to no single field. */
  formFaults: string[];
};

/**
 * The version that a form carries as what it builds upon: the one that was posted while faults of fields are put right, so that
 * what others did meanwhile is still refused; the present one, of which the page tells, once that has been refused.
 */
export function versionToPost(problem: FormProblem | null | undefined, present: string): string {
  if (!problem || problem.formFaults.length > 0) return present;
  return problem.values.etag?.[0] ?? present;
}
