import type { DomainError } from "@sor/core";
import type { ProblemCode } from "./problem-catalogue.ts";
import type { ProblemInput } from "./problems.ts";

/** What core refused about an endpoint or a system, as a problem of its own kind; undefined for every other refusal. */
export function endpointProblemOf(
  error: DomainError,
): { code: ProblemCode; input: ProblemInput } | undefined {
  const { fault, field, locationNumbers, retryAfterSeconds } = error.details;
  if (error.code === "conflict" && fault === "endpoint-in-use") {
    return { code: "endpoint-in-use", input: { more: { locationNumbers } } };
  }
  if (error.code === "invalid" && typeof field === "string") {
    const code = typeof fault === "string" ? { code: fault } : {};
    return { code: "invalid", input: { errors: [{ pointer: `/${field}`, detail: error.message, ...code }] } };
  }
  if (error.code === "too-many" && typeof retryAfterSeconds === "number") {
    const headers = { "Retry-After": String(retryAfterSeconds) };
    return { code: "too-many", input: { detail: error.message, headers } };
  }
  return undefined;
}
