import { DomainError } from "@sor/core";
import { mayPass } from "@sor/core/database";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import type { Answer, AppEnv, Language } from "../app-env.ts";
import { type ProblemCode, problems } from "./catalogue.ts";
import { changeSetProblemOf } from "./change-set-problems.ts";
import { endpointProblemOf } from "./endpoint-problems.ts";
import { textOfIssue, unfolded } from "./issue-texts.ts";
import { messageProblemOf } from "./message-problems.ts";
import { registrationProblemOf } from "./registration-problems.ts";
import type { Problem, ProblemError, ProblemInput } from "./schema.ts";

export { type ProblemCode, problems } from "./catalogue.ts";
export { Problem, type ProblemError, type ProblemInput } from "./schema.ts";

/** The language of texts: Danish unless the client ranks English higher (RFC 9110 12.5.4). */
export function chooseLanguage(accepted: string | undefined): Language {
  let best: Language = "da";
  let bestRank = 0;
  for (const part of (accepted ?? "").slice(0, 200).split(",")) {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
    const quality = parameters.map((text) => text.trim()).find((text) => text.startsWith("q="));
    const rank = quality === undefined ? 1 : Number(quality.slice(2)) || 0;
    const language = /^en\b/.test(tag) ? "en" : /^da\b/.test(tag) ? "da" : undefined;
    if (language && rank > bestRank) [best, bestRank] = [language, rank];
  }
  return best;
}

/** A problem as a value, without a request; used for batch items. */
export function problemValue(code: ProblemCode, language: Language, input: ProblemInput = {}): Problem {
  const { status, title, about } = problems[code];
  return {
    type: `/docs/problems/${code}`,
    title: title[language],
    status,
    code,
    detail: input.detail ?? about[language],
    ...(input.errors && { errors: [...input.errors] }),
    ...input.more,
  };
}

/** Answers with a problem. Never throws; may be returned from any handler. */
export function problem(c: Context<AppEnv>, code: ProblemCode, input: ProblemInput = {}): Answer {
  const language = c.var.language ?? "da";
  const body = { ...problemValue(code, language, input), requestId: c.var.requestId };
  return c.body(JSON.stringify(body), body.status as 400, {
    "Content-Type": "application/problem+json; charset=utf-8",
    "Content-Language": language,
    "Cache-Control": "no-store",
    Vary: "Accept-Language",
    ...(code === "unavailable" && { "Retry-After": "5" }),
    ...input.headers,
  }) as Answer;
}

/** A place in a JSON value as its pointer (RFC 6901). */
export const pointerOf = (path: readonly PropertyKey[]) =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** The findings of a schema as places in the request. Only places are given, never the input. */
export function errorsOf(error: z.core.$ZodError, target: string, language: Language): ProblemError[] {
  const issues = error.issues.slice(0, 100).flatMap(unfolded);
  return issues.flatMap((issue): ProblemError[] => {
    const names = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 20) : [undefined];
    return names.map((name) => {
      const path = name === undefined ? issue.path : [...issue.path, name.slice(0, 60)];
      const detail = name === undefined ? textOfIssue(issue, language) : unknownName[language];
      return target === "json" ? { pointer: pointerOf(path), detail } : { parameter: path.join("."), detail };
    });
  });
}

const unknownName = { da: "ukendt", en: "unknown" };

type ParseResult = { success: true } | { success: false; target: string; error: z.core.$ZodError };

/** The validation hook of every router: turns schema errors into a 400 problem that names each place. */
export function onInvalid(result: ParseResult, c: Context<AppEnv>) {
  if (result.success) return undefined;
  return problem(c, "invalid", { errors: errorsOf(result.error, result.target, c.var.language ?? "da") });
}

const codeOfStatus: Record<number, ProblemCode> = {
  400: "malformed",
  401: "not-signed-in",
  403: "not-allowed",
  404: "not-found",
  405: "method-not-allowed",
  413: "too-large",
  415: "unsupported-media-type",
  429: "too-many",
  503: "unavailable",
};

// The client has disconnected: nobody receives the answer, and it is not a failure of ours.
const isAborted = (error: Error, c: Context<AppEnv>) =>
  c.req.raw.signal.aborted && "code" in error && error.code === "ECONNRESET";

/** Core's text of a refusal, in the requested language. */
function refusalOf(error: DomainError, c: Context<AppEnv>) {
  const language = c.var.language ?? "da";
  const own =
    messageProblemOf(error, language) ??
    registrationProblemOf(error, language) ??
    changeSetProblemOf(error, language) ??
    endpointProblemOf(error, language);
  if (own) return problem(c, own.code, own.input);
  const { at, ...details } = error.details;
  const detail = error.words[language];
  return problem(c, error.code, {
    detail,
    errors: typeof at === "string" ? [placeOf(at, detail, c)] : undefined,
    more: Object.keys(details).length > 0 ? { details } : undefined,
  });
}

/** A member of the request that core names, in the body or in the URL. */
const placeOf = (name: string, detail: string, c: Context<AppEnv>): ProblemError =>
  c.req.method === "GET" || c.req.method === "HEAD"
    ? { parameter: name, detail }
    : { pointer: `/${name}`, detail };

/** The only place where exceptions become answers; internal details never leave the process. */
export function onError(error: Error, c: Context<AppEnv>) {
  if (error instanceof DomainError) return refusalOf(error, c);
  if (error instanceof HTTPException) return problem(c, codeOfStatus[error.status] ?? "internal");
  if (isAborted(error, c)) return problem(c, "malformed");
  c.set("failure", error);
  if (mayPass(error)) return problem(c, "unavailable");
  return problem(c, "internal");
}
