import { DomainError } from "../errors.ts";
import type { Finding } from "./faults.ts";
import { findingText } from "./faults.ts";

/** Number of created, changed, closed and unchanged subjects of a kind. */
export type Counts = { created: number; changed: number; closed: number; unchanged: number };

/** The result of an import. */
export type ImportReport = {
  /** Subjects by kind: units, locations, suppliers, systems, netOperators, successions, or shakCodes. */
  counts: Record<string, Counts>;
  /** Units valid in the register on the day of the file that are not in it; closed only when the file is full. */
  notInFile: number;
  warnings: Finding[];
  /** Warnings beyond those listed. */
  moreWarnings: number;
};

/** Progress of an import; `total` is absent while it is not known. */
export type Progress = {
  step: "read" | "units" | "locations" | "close" | "shak" | "journal";
  done: number;
  total?: number;
};
export type OnProgress = (progress: Progress) => void;

export const faultsMax = 100;
const warningsMax = 1000;

export function newCounts(): Counts {
  return { created: 0, changed: 0, closed: 0, unchanged: 0 };
}

export function newReport(kinds: readonly string[]): ImportReport {
  const counts = Object.fromEntries(kinds.map((kind) => [kind, newCounts()]));
  return { counts, notInFile: 0, warnings: [], moreWarnings: 0 };
}

/** Whether the import changed anything in the register. */
export function hasChanged({ counts }: ImportReport): boolean {
  return Object.values(counts).some((each) => each.created + each.changed + each.closed > 0);
}

export function warn(report: ImportReport, ...findings: readonly Finding[]): void {
  const room = Math.max(0, warningsMax - report.warnings.length);
  report.warnings.push(...findings.slice(0, room));
  report.moreWarnings += Math.max(0, findings.length - room);
}

/** Throws the rejection of a file: `details.faults` has every fault found, in the order of the file. */
export function refuseFile(faults: readonly Finding[]): never {
  const [first] = faults.toSorted((a, b) => a.line - b.line);
  const words = first && { da: findingText(first, "da"), en: findingText(first, "en") };
  throw new DomainError("invalid", words ?? "file-unreadable", {
    faults: faults.toSorted((a, b) => a.line - b.line),
  });
}
