import { type DomainError, faultTexts, isFault } from "@sor/core";
import type { Command, Problem as EditProblem } from "@sor/core/changesets";
import { LocationFields } from "@sor/core/endpoints";
import type { PlanProblem } from "@sor/core/message-types";
import { OrganisationAttributes } from "@sor/core/organisations";
import type { Language } from "../app-env.ts";
import type { ProblemCode } from "./catalogue.ts";
import { placeOfProblem } from "./registration-problems.ts";
import type { ProblemInput } from "./schema.ts";

/** The members of a command within which its fields are. */
const within: Readonly<Record<string, { member: string; shape: object }>> = {
  "unit.create": { member: "attributes", shape: OrganisationAttributes.shape },
  "unit.change": { member: "attributes", shape: OrganisationAttributes.shape },
  "location.create": { member: "fields", shape: LocationFields.shape },
  "location.change": { member: "fields", shape: LocationFields.shape },
};

/** Where a field of a set's command is in the set as it is answered (RFC 6901); without a field, the command. */
export function pointerInSet(at: number, kind: Command["kind"] | undefined, field: unknown): string {
  const command = `/items/${at}/command`;
  if (typeof field !== "string" || field === "") return command;
  const inner = kind && within[kind];
  const isInner = inner && !["validFrom", "validTo"].includes(field) && Object.hasOwn(inner.shape, field);
  return isInner ? `${command}/${inner.member}/${field}` : `${command}/${field}`;
}

const pointerInBody = (at: number, field: unknown) =>
  [`/items/${at}`, ...(typeof field === "string" && field !== "" ? field.split(".") : [])].join("/");

/** A problem of a set's command: where it is in the set, its rule, and the rule in words; of a registration, its own rule. */
export function placeInSet(
  { at, field, fault, details }: EditProblem,
  kind: Command["kind"] | undefined,
  language: Language,
) {
  if (fault !== "registration-problem") {
    return {
      pointer: pointerInSet(at, kind, field),
      code: fault as string,
      detail: faultTexts[fault][language],
    };
  }
  const { position, ...plan } = details as unknown as Omit<PlanProblem, "at"> & { position: number };
  const { code, detail } = placeOfProblem({ ...plan, at: position }, language);
  const place = kind === "registrations.set" ? `registrations/${position}` : null;
  return { pointer: pointerInSet(at, kind, place), code: code as string, detail };
}

/** Maps core's refusals about change sets to problems that point to the command; undefined for every other refusal. */
export function changeSetProblemOf(
  error: DomainError,
  language: Language,
): { code: ProblemCode; input: ProblemInput } | undefined {
  const { at, field, fault, problem, pointer, state, endings, ...details } = error.details;
  const detail = error.words[language];
  if (fault === "state") return { code: "wrong-state", input: { detail, more: { state } } };
  if (fault === "endings-not-confirmed") {
    const errors = [{ pointer: "/endings", detail, code: fault }];
    return { code: "invalid", input: { detail, errors, more: { endings } } };
  }
  if (typeof at !== "number") return undefined;
  const code = error.code === "conflict" || error.code === "not-allowed" ? error.code : "invalid";
  const rule = [problem, fault, error.code].find((name): name is string => typeof name === "string");
  const place = {
    pointer: typeof pointer === "string" ? pointer : pointerInBody(at, field),
    detail: typeof problem === "string" && isFault(problem) ? faultTexts[problem][language] : detail,
    ...(rule !== undefined && { code: rule }),
  };
  const more = Object.keys(details).length > 0 ? { details } : {};
  return { code, input: { detail, errors: [place], more } };
}
