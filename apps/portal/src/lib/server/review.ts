import type { EndpointChoice } from "@sor/core/endpoints";
import type { PlannedChange, PlanProblem, RegistrationPlan } from "@sor/core/message-types";

type Period = { endpointName: string | null; validFrom: Date; validTo: Date | null };

/** One line of the difference that is shown before it is saved. */
export type ReviewLine = {
  kind: PlannedChange["kind"];
  messageType: string;
  version: string;
  direction: "receive" | "send";
  before: Period[];
  after: Period[];
  warnings: PlanProblem[];
};

/** What a plan would change, with names for endpoints, and with what is worth knowing beside each line. */
export function reviewOf(plan: RegistrationPlan, endpoints: readonly EndpointChoice[]): ReviewLine[] {
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
        (problem) => problem.messageType === messageType && problem.version === version,
      ),
    }));
}
