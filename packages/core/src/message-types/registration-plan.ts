import type { MessageType } from "@sor/edi";
import type { Direction, WantedRegistration } from "./schemas.ts";
import type { registrations } from "./tables.ts";

export type RegistrationRow = typeof registrations.$inferSelect;

/** What a registration says, without identity and knowledge. */
export type RegistrationFact = Pick<
  RegistrationRow,
  "messageType" | "version" | "format" | "direction" | "endpointId" | "validFrom" | "validTo"
>;

/** What becomes of one type in one version: what held from now on before the change, and what will. */
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
  "begins-now",
  "start-kept",
  "endpoint-paused",
] as const;

/**
 * Something to tell about one wanted registration; `at` is its place in the list. Errors stop the change; a `gap` does unless
 * gaps are allowed. Of a gap, type and version are what stops, and `at` is where it goes on.
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
  /** The time in which nothing is received or sent, for `gap`; `to` is its end, exclusive. */
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
  /** Everything now known of the location number's registrations. */
  current: readonly RegistrationRow[];
  wanted: readonly WantedRegistration[];
  /** The endpoints that are named. */
  endpoints: readonly { id: string; supplierId: string; state: "active" | "paused" | "closed" }[];
  /** Whose location number it is. */
  supplierId: string | null;
  /** First day on which the location number no longer holds; null for open. */
  closesOn: string | null;
  /** Whether what holds now may stop and begin again later. */
  allowGaps: boolean;
  /** Lines that an undo brings back, with their formats: they need not be in the catalogue. */
  restoring?: ReadonlyMap<string, RegistrationFact["format"]>;
  now: Date;
};

/** A wanted registration with its place in the list, its key and, where the catalogue has it, its type. */
export type Item = { at: number; wanted: WantedRegistration; type: MessageType | undefined; key: string };
/** What makes a line of time: one type in one version, in one direction. */
export const keyOf = (fact: { messageType: string; version: string; direction: string }) =>
  `${fact.messageType} ${fact.version} ${fact.direction}`;

/** A problem of a wanted registration; its severity follows from the code. */
export const problemOf = (
  item: Item,
  code: PlanProblem["code"],
  more: Partial<Pick<PlanProblem, "supersededBy" | "receipts">> = {},
): PlanProblem => ({
  code,
  severity: (planErrors as readonly string[]).includes(code) ? "error" : "warning",
  at: item.at,
  messageType: item.wanted.messageType,
  version: item.wanted.version,
  ...more,
});
