import type { DomainError } from "@sor/core";
import type { Language } from "../app-env.ts";
import type { ProblemCode } from "./catalogue.ts";
import { detailIn } from "./danish-details.ts";
import type { ProblemInput } from "./schema.ts";

/** Maps core's refusals about an endpoint or a system to problems; undefined for every other refusal. */
export function endpointProblemOf(
  error: DomainError,
  language: Language,
): { code: ProblemCode; input: ProblemInput } | undefined {
  const { fault, field, locationNumbers, retryAfterSeconds, constraint, most, endsAt } = error.details;
  if (error.code === "conflict" && fault === "endpoint-in-use") {
    return { code: "endpoint-in-use", input: { more: { locationNumbers } } };
  }
  if (error.code === "conflict" && fault === "too-many-secrets") {
    return { code: "too-many-secrets", input: { more: { most, endsAt } } };
  }
  if (error.code === "invalid" && typeof field === "string") {
    const code = typeof fault === "string" ? { code: fault } : {};
    const detail = detailIn(language, error.message) ?? "kan ikke bruges";
    return { code: "invalid", input: { errors: [{ pointer: `/${field}`, detail, ...code }] } };
  }
  if (error.code === "too-many" && typeof retryAfterSeconds === "number") {
    const headers = { "Retry-After": String(retryAfterSeconds) };
    return { code: "too-many", input: { detail: detailIn(language, error.message), headers } };
  }
  if (error.code === "conflict" && (constraint === "endpoints_name" || constraint === "systems_name")) {
    const detail = detailIn(language, "The supplier has another one of this name.") ?? "";
    return { code: "conflict", input: { detail, errors: [{ pointer: "/name", detail, code: "taken" }] } };
  }
  return undefined;
}
