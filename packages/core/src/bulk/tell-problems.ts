import type { Problem } from "../changesets/index.ts";
import type { BulkResult } from "./schemas.ts";

const problemsTold = 100;

/** The numbers of errors and warnings of a preview, and the first hundred of them, errors first. */
export function tellProblems(
  problems: readonly Problem[],
): Pick<BulkResult, "errors" | "warnings" | "problems"> {
  const errors = problems.filter(({ severity }) => severity === "error");
  const warnings = problems.filter(({ severity }) => severity === "warning");
  return {
    errors: errors.length,
    warnings: warnings.length,
    problems: [...errors, ...warnings].slice(0, problemsTold).map(({ severity, subject, fault, details }) => {
      const { messageType, version, code } = details as Record<string, string | undefined>;
      const type = messageType && version ? { messageType, version } : {};
      return { severity, gln: subject.id, code: code ?? fault, ...type };
    }),
  };
}
