import { isDeepStrictEqual } from "node:util";
import {
  asWanted,
  isPair,
  keyOf,
  lastingAfter,
  type PlanInput,
  type PlanProblem,
  planRegistrations,
  planUndo,
  type RecordedChange,
  type RegistrationFact,
  type RegistrationPlan,
  type RegistrationRow,
  registrationContent,
  type WantedRegistration,
  wantedAfterEnd,
  wantedAfterMove,
  wantedAfterUndo,
} from "../message-types/index.ts";
import { mayInterrupt, wantedAfterSteps } from "../registration-steps/index.ts";
import { setPieces, touch } from "./draft.ts";
import { type Failure, failure } from "./problems.ts";
import type { RegisterCopy, RegistrationDraft } from "./register-copy.ts";
import type { Command } from "./schemas.ts";

type Warn = (problem: PlanProblem) => void;
export type RegistrationCommand = Extract<Command, { kind: `registrations.${string}` }>;

/**
 * Plans what a location number receives and sends by one command, from what the commands before it left. Problems of the plan go
 * to `warn`, with their severity; a plan with an error changes nothing.
 */
export function changeRegistrations(
  copy: RegisterCopy,
  command: RegistrationCommand,
  at: number,
  warn: Warn,
): Failure | undefined {
  const draft = copy.registrations.get(command.gln);
  if (!draft) return failure(null, "no-such-location");
  const current = currentRows(draft, copy.now);
  const lasting = lastingAfter(copy.now, current);
  if (command.kind === "registrations.end" && !lasting.some((fact) => isPair(fact, command))) {
    return failure(null, "no-such-registration");
  }
  const plan = planOf(copy, command, current);
  if (!plan) return failure(null, "changed-since");
  for (const problem of plan.problems) warn(problem);
  touch(draft, at);
  const left = current.filter((row) => !plan.superseded.includes(row));
  setPieces(
    draft,
    [...left, ...plan.added].map(({ validFrom, validTo, ...fact }) => ({
      validFrom,
      validTo,
      content: registrationContent(fact),
    })),
  );
  return undefined;
}

// The planner reads rows; the pieces of a draft become rows without an id, which nothing looks at.
function currentRows(draft: RegistrationDraft, now: Date): RegistrationRow[] {
  return draft.pieces.map(({ validFrom, validTo, content }) => ({
    id: "",
    gln: draft.gln,
    ...content,
    validFrom,
    validTo,
    recordedAt: now,
    supersededAt: null,
  }));
}

function planOf(
  copy: RegisterCopy,
  command: RegistrationCommand,
  current: readonly RegistrationRow[],
): RegistrationPlan | undefined {
  const lasting = lastingAfter(copy.now, current);
  const plan = (wanted: readonly WantedRegistration[], allowGaps: boolean) =>
    planRegistrations(inputOf(copy, command.gln, { current, wanted, allowGaps }));
  switch (command.kind) {
    case "registrations.set":
      return plan(command.registrations, command.allowGaps);
    case "registrations.add": {
      const { kind: _, gln: __, ...added } = command;
      return plan([...lasting.map(asWanted), added], false);
    }
    case "registrations.end":
      return plan(wantedAfterEnd(lasting, command, command.at), true);
    case "registrations.move": {
      const { fromEndpointId: from, toEndpointId: to } = command;
      return plan(wantedAfterMove(lasting, { from, to, at: command.at, now: copy.now }), false);
    }
    case "registrations.edit":
      return plan(wantedAfterSteps(lasting, command.steps, copy.now), mayInterrupt(command.steps));
    case "registrations.restore": {
      const recorded = { at: command.recordedAt, before: command.before, after: command.after };
      if (!standsAs(recorded, current, copy.now)) return undefined;
      const wanted = wantedAfterUndo(recorded, current, copy.now);
      return planUndo(recorded, inputOf(copy, command.gln, { current, wanted, allowGaps: true }));
    }
  }
}

// Whether the types that a change touched stand as it left them, as far as they last.
function standsAs(
  { before, after }: RecordedChange,
  current: readonly RegistrationRow[],
  now: Date,
): boolean {
  const touched = new Set([...before, ...after].map(keyOf));
  const shape = (facts: readonly RegistrationFact[]) =>
    lastingAfter(now, facts)
      .filter((fact) => touched.has(keyOf(fact)))
      .map((fact) => JSON.stringify([keyOf(fact), fact.endpointId, fact.validFrom, fact.validTo]))
      .toSorted();
  return isDeepStrictEqual(shape(current), shape(after));
}

function inputOf(
  copy: RegisterCopy,
  gln: string,
  planned: Pick<PlanInput, "current" | "wanted" | "allowGaps">,
): PlanInput {
  const versions = copy.locations.get(gln)?.pieces ?? [];
  const ids = new Set(planned.wanted.flatMap((each) => each.endpointId ?? []));
  return {
    ...planned,
    endpoints: [...ids].flatMap((id) => {
      const found = copy.endpoints.get(id);
      return found ? [{ ...found, state: found.drainThen === "closed" ? "closed" : found.state }] : [];
    }),
    suppliers: versions.map(({ validFrom, validTo, content: { supplierId } }) => ({
      ...{ validFrom, validTo, supplierId },
    })),
    closesOn: versions.at(-1)?.validTo ?? null,
    now: copy.now,
  };
}
