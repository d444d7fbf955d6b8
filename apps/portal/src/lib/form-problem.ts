/** What a form gives back when it could not be carried out: what was typed, and what is wrong where. */
export type FormProblem = {
  /** As typed, without passwords. */
  values: Record<string, string[]>;
  /** Texts in the page's language, by field name. */
  fieldFaults: Record<string, string[]>;
  /** Faults that belong to no single field. */
  formFaults: string[];
};
