import type { EndpointChoice } from "@sor/core/endpoints";
import type { HistoryChange, PlannedChange, PlanProblem, RegistrationPlan } from "@sor/core/message-types";
import { gapField, gapWords } from "#lib/location/location-words.ts";
import { m } from "#lib/words/index.ts";

type Period = { endpointName: string | null; validFrom: Date; validTo: Date | null };

/** A gap in which nothing is received or sent, and the form value that confirms it. */
type ReviewGap = { id: string; from: Date; to: Date };

/** A line of the diff that is shown before saving. */
export type ReviewLine = {
  kind: PlannedChange["kind"];
  messageType: string;
  version: string;
  direction: "receive" | "send";
  before: Period[];
  after: Period[];
  warnings: PlanProblem[];
  gaps: ReviewGap[];
};

type Line = Pick<ReviewLine, "messageType" | "version" | "direction">;

const isSame = (a: Line, b: Line) =>
  a.messageType === b.messageType && a.version === b.version && a.direction === b.direction;

/** The changes of a plan, with names of endpoints and warnings for each line. */
export function reviewOf(
  plan: RegistrationPlan,
  endpoints: readonly Pick<EndpointChoice, "id" | "name">[],
): ReviewLine[] {
  const names = new Map(endpoints.map(({ id, name }) => [id, name]));
  const periodOf = ({ endpointId, validFrom, validTo }: PlannedChange["after"][number]): Period => ({
    endpointName: names.get(endpointId ?? "") ?? null,
    validFrom,
    validTo,
  });
  return plan.changes
    .filter((change) => change.kind !== "unchanged")
    .map(({ kind, messageType, version, direction, before, after }) => ({
      kind,
      messageType,
      version,
      direction,
      before: before.map(periodOf),
      after: after.map(periodOf),
      warnings: plan.problems.filter(
        (problem) =>
          problem.code !== "gap" && problem.messageType === messageType && problem.version === version,
      ),
      gaps: plan.problems.flatMap(({ gap, ...pair }) =>
        gap && isSame({ ...pair, direction: gap.direction }, { messageType, version, direction })
          ? [{ ...gap, id: gapId({ messageType, version, direction }, gap.to) }]
          : [],
      ),
    }));
}

/** The same for a saved change. */
export function linesOfChanges(changes: readonly HistoryChange[]): ReviewLine[] {
  const periodOf = ({ endpointName, validFrom, validTo }: HistoryChange["before"][number]): Period => ({
    endpointName,
    validFrom: new Date(validFrom),
    validTo: validTo === null ? null : new Date(validTo),
  });
  return changes.flatMap(({ kind, subject, before, after }) => {
    if (subject.of !== "registration") return [];
    const { of: _, ...line } = subject;
    const periods = { before: before.map(periodOf), after: after.map(periodOf) };
    return [{ kind, ...line, ...periods, warnings: [], gaps: [] }];
  });
}

// The end of the gap is fixed while the page is open; its beginning, which is now, is not.
function gapId({ messageType, version, direction }: Line, to: Date): string {
  return `${messageType} ${version} ${direction} ${to.toISOString()}`;
}

/** The unconfirmed gaps of a review, each with its field and text. */
export function unconfirmedGaps(
  lines: readonly ReviewLine[],
  confirmed: string | string[] | undefined,
): { field: string; text: string }[] {
  const ticked = new Set([confirmed ?? []].flat());
  return lines.flatMap(({ messageType, version, direction, gaps }) =>
    gaps
      .filter(({ id }) => !ticked.has(id))
      .map((gap) => {
        const words = { what: `${messageType} ${version}`, gap: gapWords({ ...gap, direction }) };
        return { field: gapField(gap.id), text: m.locations_gap_unconfirmed(words) };
      }),
  );
}
