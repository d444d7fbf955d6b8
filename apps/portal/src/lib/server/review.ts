import type { EndpointChoice } from "@sor/core/endpoints";
import type { HistoryChange, PlannedChange, PlanProblem, RegistrationPlan } from "@sor/core/message-types";
import { gapField, gapWords } from "#lib/location-words.ts";
import { m } from "#lib/words/index.ts";

type Period = { endpointName: string | null; validFrom: Date; validTo: Date | null };

/** A time in which nothing is received or sent before it is again, and the value that says that it is meant. */
export type ReviewGap = { id: string; from: Date; to: Date };

/** One line of the difference that is shown before it is saved. */
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

/** What a plan would change, with names for endpoints, and with what is worth knowing beside each line. */
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

/** The same of a change that has been saved. */
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

// Its end does not move while the page is read; its beginning, which is now, does.
function gapId({ messageType, version, direction }: Line, to: Date): string {
  return `${messageType} ${version} ${direction} ${to.toISOString()}`;
}

/** The gaps of a review that were not said to be meant, each with its field and what is to be done. */
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
