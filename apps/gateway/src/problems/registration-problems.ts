import type { DomainError } from "@sor/core";
import type { PlanProblem } from "@sor/core/message-types";
import type { Language } from "../app-env.ts";
import type { ProblemCode } from "./catalogue.ts";
import { detailIn } from "./danish-details.ts";

type Refusal = { code: ProblemCode; input: { errors?: { pointer: string; detail: string; code: string }[] } };

const texts: Readonly<Record<PlanProblem["code"], string>> = {
  "unknown-type": "no such message type in this version",
  "not-a-message": "not a type that a location number receives or sends",
  "endpoint-missing": "what is received needs an endpoint",
  "unknown-endpoint": "no such endpoint",
  "foreign-endpoint": "not an endpoint of the location number's supplier",
  "endpoint-closed": "the endpoint is closed",
  "endpoint-paused": "the endpoint is paused",
  "location-closed": "the location number has closed by then",
  "validity-reversed": "ends before it begins",
  "ends-in-past": "ends before now",
  overlap: "the same type and version twice at the same time",
  gap: "what is received or sent now would stop and begin again later; allowGaps says that it may",
  "superseded-version": "the version is superseded",
  "missing-receipt": "the location number does not receive the receipts of this type",
  "begins-now": "begins now: what has been is not rewritten",
  "start-kept": "keeps the start that it has: what has been is not rewritten",
};

/** The plan's findings about one requested registration, with its place in the body. */
export function placeOfProblem({ at, code, gap }: PlanProblem, language: Language) {
  const detail = detailIn(language, texts[code]) ?? texts[code];
  const period = gap ? ` (${gap.from.toISOString()} / ${gap.to.toISOString()})` : "";
  return { pointer: `/registrations/${at}`, detail: `${detail}${period}`, code };
}

/** Maps core's refusals about registrations to problems; undefined for every other refusal. */
export function registrationProblemOf(error: DomainError, language: Language): Refusal | undefined {
  const { problems, fault } = error.details as { problems?: readonly PlanProblem[]; fault?: unknown };
  if (error.code === "conflict" && fault === "etag") return { code: "precondition-failed", input: {} };
  if (error.code !== "invalid" || !Array.isArray(problems)) return undefined;
  return {
    code: "invalid",
    input: { errors: problems.slice(0, 100).map((each) => placeOfProblem(each, language)) },
  };
}
