import { type DomainError, faultTexts } from "@sor/core";
import type { Language } from "../app-env.ts";
import type { ProblemCode } from "./catalogue.ts";
import type { ProblemInput } from "./schema.ts";

type EndpointProblem = { code: ProblemCode; input: ProblemInput };

/** Maps core's refusals about an endpoint, a system or a receiver of alerts to problems; undefined for every other refusal. */
export function endpointProblemOf(error: DomainError, language: Language): EndpointProblem | undefined {
  const { fault, field, retryAfterSeconds } = error.details;
  if (error.code === "conflict") return conflictOf(error, language);
  if (error.code === "invalid" && typeof field === "string") {
    const code = typeof fault === "string" ? { code: fault } : {};
    const detail = error.words[language];
    return { code: "invalid", input: { errors: [{ pointer: `/${field}`, detail, ...code }] } };
  }
  if (error.code === "too-many" && typeof retryAfterSeconds === "number") {
    const headers = { "Retry-After": String(retryAfterSeconds) };
    return { code: "too-many", input: { detail: error.words[language], headers } };
  }
  return undefined;
}

function conflictOf({ details, words }: DomainError, language: Language): EndpointProblem | undefined {
  const { fault, locationNumbers, constraint, most, endsAt } = details;
  if (fault === "endpoint-in-use") return { code: "endpoint-in-use", input: { more: { locationNumbers } } };
  if (fault === "too-many-secrets") return { code: "too-many-secrets", input: { more: { most, endsAt } } };
  if (fault === "address-taken") return takenAt("/address", words[language]);
  if (constraint === "endpoints_name" || constraint === "systems_name") {
    return takenAt("/name", faultTexts["name-taken"][language]);
  }
  return undefined;
}

const takenAt = (pointer: string, detail: string): EndpointProblem => ({
  code: "conflict",
  input: { detail, errors: [{ pointer, detail, code: "taken" }] },
});
