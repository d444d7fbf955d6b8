import { isHeld } from "../editing/index.ts";
import { DomainError } from "../errors.ts";
import type { ImportReport } from "./report.ts";

/** How an import that ends much is let through, or only tried. */
export type Braking = {
  /** How many subjects end, as a person typed it. */
  endings?: number | undefined;
  /** Whether the file is only tried: its report is given, and nothing is written. */
  isDryRun?: boolean | undefined;
};

class OnlyTried extends Error {
  readonly report: ImportReport;
  constructor(report: ImportReport) {
    super("the file was only tried");
    this.report = report;
  }
}

/** How many subjects the import ends, and how many it touches. */
function endingsOf({ counts }: ImportReport): { endings: number; touched: number } {
  const all = Object.values(counts);
  const sum = (of: (each: (typeof all)[number]) => number) =>
    all.reduce((total, each) => total + of(each), 0);
  return {
    endings: sum(({ closed }) => closed),
    touched: sum(({ created, changed, closed, unchanged }) => created + changed + closed + unchanged),
  };
}

/**
 * Ends an import that is only tried, in whose transaction nothing stays. Throws `invalid` (`endings-not-confirmed`, details: `endings`)
 * for one that ends as much as a change set may only with the number typed (R11), and without that number.
 */
export function brake(report: ImportReport, { endings: typed, isDryRun }: Braking): void {
  if (isDryRun) throw new OnlyTried(report);
  const ending = endingsOf(report);
  if (!isHeld(ending) || typed === ending.endings) return;
  const details = { field: "endings", fault: "endings-not-confirmed", endings: ending.endings };
  throw new DomainError("invalid", "endings-not-confirmed", details);
}

/** The report of an import, also of one that was only tried. */
export async function orOnlyTried(importing: Promise<ImportReport>): Promise<ImportReport> {
  return await importing.catch((error: unknown) => {
    if (error instanceof OnlyTried) return error.report;
    throw error;
  });
}
