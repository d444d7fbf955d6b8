import type { DomainError, Words } from "@sor/core";
import type { PlanProblem } from "@sor/core/message-types";
import type { Language } from "../app-env.ts";
import type { ProblemCode } from "./catalogue.ts";

type Refusal = { code: ProblemCode; input: { errors?: { pointer: string; detail: string; code: string }[] } };

const texts: Readonly<Record<PlanProblem["code"], Words>> = {
  "unknown-type": {
    da: "der er ingen meddelelsestype i denne version",
    en: "no such message type in this version",
  },
  "not-a-message": {
    da: "ikke en type, som et lokationsnummer modtager eller sender",
    en: "not a type that a location number receives or sends",
  },
  "endpoint-missing": {
    da: "det, der modtages, skal have et endepunkt",
    en: "what is received needs an endpoint",
  },
  "unknown-endpoint": { da: "endepunktet findes ikke", en: "no such endpoint" },
  "foreign-endpoint": {
    da: "ikke et endepunkt hos lokationsnummerets leverandør",
    en: "not an endpoint of the location number's supplier",
  },
  "endpoint-closed": { da: "endepunktet er lukket", en: "the endpoint is closed" },
  "endpoint-paused": { da: "endepunktet er på pause", en: "the endpoint is paused" },
  "location-closed": {
    da: "lokationsnummeret er lukket til den tid",
    en: "the location number has closed by then",
  },
  "validity-reversed": { da: "slutter, før det begynder", en: "ends before it begins" },
  "ends-in-past": { da: "slutter før nu", en: "ends before now" },
  overlap: {
    da: "samme type og version to gange på samme tid",
    en: "the same type and version twice at the same time",
  },
  gap: {
    da: "det, der modtages eller sendes nu, ville stoppe og begynde igen senere; allowGaps siger, at det må det",
    en: "what is received or sent now would stop and begin again later; allowGaps says that it may",
  },
  "superseded-version": { da: "versionen er afløst", en: "the version is superseded" },
  "missing-receipt": {
    da: "lokationsnummeret modtager ikke typens kvitteringer",
    en: "the location number does not receive the receipts of this type",
  },
  "version-pair": {
    da: "samme meddelelse i det andet format er registreret i en anden version",
    en: "the same message in the other format is registered in another version",
  },
  "no-receiver": {
    da: "intet lokationsnummer modtager typen i denne version",
    en: "no location number receives the type in this version",
  },
  "begins-now": {
    da: "begynder nu: det, der har været, skrives ikke om",
    en: "begins now: what has been is not rewritten",
  },
  "start-kept": {
    da: "beholder den første dag, den har: det, der har været, skrives ikke om",
    en: "keeps the start that it has: what has been is not rewritten",
  },
};

/** The plan's findings about one requested registration, with its place in the body. */
export function placeOfProblem({ at, code, gap }: PlanProblem, language: Language) {
  const detail = texts[code][language];
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
