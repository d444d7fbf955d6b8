import type { ErrorCode } from "../errors.ts";
import { DomainError } from "../errors.ts";
import type { Fault } from "../faults/index.ts";

/** What a command, or the end state of a list of commands, violates or should make the author think. */
export type Problem = {
  severity: "error" | "warning";
  /** Position of the command in the list, from 0. */
  at: number;
  subject: { type: "unit" | "location"; id: string };
  /** The field of the command, where one is to blame. */
  field: string | null;
  fault: Fault;
  /** Further facts, such as the units below. Never content of the register that the actor may not see. */
  details: Readonly<Record<string, unknown>>;
};

const codes: Partial<Record<Fault, ErrorCode>> = {
  "no-such-unit": "not-found",
  "no-such-location": "not-found",
  "no-such-registration": "not-found",
  "sor-id-taken": "conflict",
  "location-registered": "conflict",
  "units-below": "conflict",
  "location-not-allocated": "conflict",
  "changed-since": "conflict",
};

/** The error that a single edit throws for its first problem. */
export function asError({ fault, field, details }: Problem): DomainError {
  const code = field === null || codes[fault] === "conflict" ? (codes[fault] ?? "invalid") : "invalid";
  return new DomainError(code, fault, { ...(field !== null && { field }), fault, ...details });
}

/** Whether the problem is that the actor has no right to the change. */
export const isRefusal = ({ fault }: Pick<Problem, "fault">): boolean =>
  fault === "not-allowed" || fault === "gln-not-yours";

/** What is wrong with the command being run: the field to blame, if one is, and the rule. */
export type Failure = Pick<Problem, "field" | "fault">;

export const failure = (field: string | null, fault: Fault): Failure => ({ field, fault });

/** Reports what is wrong with the end state of a draft; it is told at the last command that touched the draft. */
export type Report = (
  draft: { readonly touchedBy: readonly number[] },
  subject: Problem["subject"],
  problem: Pick<Problem, "severity" | "field" | "fault" | "details">,
) => void;
