import type { DomainError } from "@sor/core";
import type { Language } from "../app-env.ts";
import type { ProblemCode } from "./catalogue.ts";
import { detailIn } from "./danish-details.ts";
import type { ProblemInput } from "./schema.ts";

type EndpointProblem = { code: ProblemCode; input: ProblemInput };

/** Maps core's refusals about an endpoint, a system or a receiver of alerts to problems; undefined for every other refusal. */
export function endpointProblemOf(error: DomainError, language: Language): EndpointProblem | undefined {
  const { fault, field, retryAfterSeconds } = error.details;
  if (error.code === "conflict") return conflictOf(error, language);
  if (error.code === "invalid" && typeof field === "string") {
    const code = typeof fault === "string" ? { code: fault } : {};
    const detail = detailIn(language, error.message) ?? "kan ikke bruges";
    return { code: "invalid", input: { errors: [{ pointer: `/${field}`, detail, ...code }] } };
  }
  if (error.code === "too-many" && typeof retryAfterSeconds === "number") {
    const headers = { "Retry-After": String(retryAfterSeconds) };
    return { code: "too-many", input: { detail: detailIn(language, error.message), headers } };
  }
  return undefined;
}

function conflictOf({ details, message }: DomainError, language: Language): EndpointProblem | undefined {
  const { fault, locationNumbers, constraint, most, endsAt } = details;
  if (fault === "endpoint-in-use") return { code: "endpoint-in-use", input: { more: { locationNumbers } } };
  if (fault === "too-many-secrets") return { code: "too-many-secrets", input: { more: { most, endsAt } } };
  if (fault === "address-taken") return takenAt("/address", detailIn(language, message) ?? "");
  if (constraint === "endpoints_name" || constraint === "systems_name") {
    return takenAt("/name", detailIn(language, "The supplier has another one of this name.") ?? "");
  }
  return undefined;
}

const takenAt = (pointer: string, detail: string): EndpointProblem => ({
  code: "conflict",
  input: { detail, errors: [{ pointer, detail, code: "taken" }] },
});
