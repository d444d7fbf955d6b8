import type { MessageType } from "@sor/edi";
import { compareEnds, type Validity } from "../validity/index.ts";
import type { Direction, WantedRegistration } from "./schemas.ts";
import type { registrations } from "./tables.ts";

export type RegistrationRow = typeof registrations.$inferSelect;

/** The content of a registration, without identity and period of knowledge. */
export type RegistrationFact = Pick<
  RegistrationRow,
  "messageType" | "version" | "format" | "direction" | "endpointId" | "validFrom" | "validTo"
>;

/** The change of one type in one version: current and future registrations before and after it. */
export type PlannedChange = {
  kind: "added" | "changed" | "ended" | "unchanged";
  messageType: string;
  version: string;
  direction: Direction;
  before: RegistrationFact[];
  after: RegistrationFact[];
};

export const planErrors = [
  "unknown-type",
  "not-a-message",
  "endpoint-missing",
  "unknown-endpoint",
  "foreign-endpoint",
  "endpoint-closed",
  "location-closed",
  "validity-reversed",
  "ends-in-past",
  "overlap",
  "gap",
] as const;
export const planWarnings = [
  "superseded-version",
  "missing-receipt",
  "version-pair",
  "no-receiver",
  "begins-now",
  "start-kept",
  "endpoint-paused",
] as const;

/**
 * A problem with one wanted registration; `at` is its index in the list. Errors stop the change; a `gap` is an error unless gaps
 * are allowed. For a gap, type and version are those interrupted, and `at` is where it resumes.
 */
export type PlanProblem = {
  code: (typeof planErrors)[number] | (typeof planWarnings)[number];
  severity: "error" | "warning";
  at: number;
  messageType: string;
  version: string;
  /** The version in force, for `superseded-version`. */
  supersededBy?: string;
  /** Receipts that the location number cannot receive, for `missing-receipt`. */
  receipts?: string[];
  /** The same message in the other format, in the version that belongs to this one, for `version-pair`. */
  pairedWith?: string;
  /** The period in which nothing is received or sent, for `gap`; `to` is its end, exclusive. */
  gap?: { direction: Direction; from: Date; to: Date };
};

export type RegistrationPlan = {
  changes: PlannedChange[];
  problems: PlanProblem[];
  /** What to write; empty when an error stops the change. */
  superseded: RegistrationRow[];
  added: RegistrationFact[];
};

export type PlanInput = {
  /** All currently known registrations of the location number. */
  current: readonly RegistrationRow[];
  wanted: readonly WantedRegistration[];
  /** The endpoints referred to. */
  endpoints: readonly { id: string; supplierId: string; state: "active" | "paused" | "closed" }[];
  /** The location number's suppliers, in order of time: where it changes, the endpoint must be that of the supplier by then. */
  suppliers: readonly (Validity<string> & { supplierId: string | null })[];
  /** First day on which the location number is no longer valid; null for none. */
  closesOn: string | null;
  /** Whether current registrations may be interrupted and resume later. */
  allowGaps: boolean;
  /** `TYPE VERSION` of what is sent and received by somebody, where that was looked up. */
  received?: ReadonlySet<string>;
  /** Keys that an undo restores, with their formats: they need not be in the catalogue. */
  restoring?: ReadonlyMap<string, RegistrationFact["format"]>;
  now: Date;
};

/** A wanted registration with its index in the list, its key and, if it is in the catalogue, its type. */
export type Item = { at: number; wanted: WantedRegistration; type: MessageType | undefined; key: string };
/** The key of a timeline: one type in one version, in one direction. */
export const keyOf = (fact: { messageType: string; version: string; direction: string }) =>
  `${fact.messageType} ${fact.version} ${fact.direction}`;

/** A problem of a wanted registration; its severity follows from the code. */
export const problemOf = (
  item: Item,
  code: PlanProblem["code"],
  more: Partial<Pick<PlanProblem, "supersededBy" | "receipts" | "pairedWith">> = {},
): PlanProblem => ({
  code,
  severity: (planErrors as readonly string[]).includes(code) ? "error" : "warning",
  at: item.at,
  messageType: item.wanted.messageType,
  version: item.wanted.version,
  ...more,
});

/** A type in a version, received or sent. */
export type Pair = Pick<RegistrationFact, "messageType" | "version" | "direction">;

/** A registration as something wanted. */
export const asWanted = ({
  messageType,
  version,
  direction,
  endpointId,
  validFrom,
  validTo,
}: RegistrationFact): WantedRegistration => ({
  messageType,
  version,
  direction,
  endpointId,
  validFrom,
  validTo,
});

/** Whether two are of one type in one version and direction. */
export const isPair = (one: Pair, other: Pair): boolean =>
  one.messageType === other.messageType && one.version === other.version && one.direction === other.direction;

/** What is wanted when one type in one version ends, now (`at` null) or at a later instant. */
export function wantedAfterEnd(
  lasting: readonly RegistrationFact[],
  ended: Pair,
  at: Date | null,
): WantedRegistration[] {
  return lasting.flatMap((fact) => {
    if (!isPair(fact, ended)) return [asWanted(fact)];
    if (at === null || fact.validFrom >= at) return [];
    return [{ ...asWanted(fact), validTo: compareEnds(fact.validTo, at) < 0 ? fact.validTo : at }];
  });
}

/** What is wanted when all that is received at one endpoint moves to another, now (`at` null) or at a later instant. */
export function wantedAfterMove(
  lasting: readonly RegistrationFact[],
  { from, to, at, now }: { from: string; to: string; at: Date | null; now: Date },
): WantedRegistration[] {
  return lasting.flatMap((fact): WantedRegistration[] => {
    const same = asWanted(fact);
    if (fact.endpointId !== from) return [same];
    const isComing = fact.validFrom > now;
    if (at === null) return [{ ...same, endpointId: to, validFrom: isComing ? fact.validFrom : null }];
    if (compareEnds(fact.validTo, at) <= 0) return [same];
    if (fact.validFrom >= at) return [{ ...same, endpointId: to }];
    return [
      { ...same, validTo: at },
      { ...same, endpointId: to, validFrom: at },
    ];
  });
}
