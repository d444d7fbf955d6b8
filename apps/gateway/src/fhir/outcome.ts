import type { Context } from "hono";
import type { Answer, AppEnv } from "../app-env.ts";
import { fhirXml } from "./write-xml.ts";

type IssueCode =
  | "invalid"
  | "not-found"
  | "deleted"
  | "not-supported"
  | "too-costly"
  | "throttled"
  | "login"
  | "forbidden"
  | "transient"
  | "exception"
  | "value";

/** Why a question of FHIR cannot be answered; `status` is that of HTTP. */
export class FhirFault extends Error {
  readonly status: 400 | 404 | 406 | 410;
  readonly code: IssueCode;
  readonly at: string | undefined;
  constructor(status: FhirFault["status"], code: IssueCode, diagnostics: string, at?: string) {
    super(diagnostics);
    this.status = status;
    this.code = code;
    this.at = at;
  }
}

export const outcome = (code: IssueCode, diagnostics: string, severity = "error", at?: string) => ({
  resourceType: "OperationOutcome",
  issue: [{ severity, code, diagnostics, ...(at !== undefined && { expression: [at] }) }],
});

type Format = "json" | "xml";
const formats: Readonly<Record<string, Format>> = {
  json: "json",
  "application/json": "json",
  "application/fhir+json": "json",
  "text/json": "json",
  xml: "xml",
  "application/xml": "xml",
  "application/fhir+xml": "xml",
  "text/xml": "xml",
};

/** The format asked for by `_format` or Accept, JSON without either; undefined when FHIR has none of them. */
export function formatOf(asked: string | undefined, accept: string | undefined): Format | undefined {
  if (asked !== undefined)
    return formats[asked.replaceAll(" ", "+").split(";")[0]?.trim().toLowerCase() ?? ""];
  if (accept === undefined || accept.trim() === "") return "json";
  let best: { format: Format; quality: number } | undefined;
  for (const part of accept.slice(0, 500).split(",")) {
    const [type = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const format = ["*/*", "application/*"].includes(type) ? "json" : formats[type];
    const stated = parameters.find((text) => text.startsWith("q="));
    const quality = stated === undefined ? 1 : Number(stated.slice(2)) || 0;
    if (format && quality > (best?.quality ?? 0)) best = { format, quality };
  }
  return best?.format;
}

/** The format of this request; JSON for one that cannot be had, which is refused elsewhere. */
const formatFor = (c: Context<AppEnv>): Format =>
  formatOf(c.req.query("_format"), c.req.header("accept")) ?? "json";

/** Answers with a resource in the format that was asked for. */
export function answerFhir(
  c: Context<AppEnv>,
  resource: object,
  status = 200,
  headers: Record<string, string> = {},
): Answer {
  const format = formatFor(c);
  const body = format === "xml" ? fhirXml(resource) : JSON.stringify(resource);
  return c.body(body, status as 200, {
    "Content-Type": `application/fhir+${format}; charset=utf-8`,
    "Cache-Control": "no-cache",
    Vary: "Accept, Accept-Encoding",
    ...headers,
  }) as Answer;
}

const codeOfStatus: Readonly<Record<number, IssueCode>> = {
  401: "login",
  403: "forbidden",
  404: "not-found",
  405: "not-supported",
  406: "not-supported",
  410: "deleted",
  413: "too-costly",
  429: "throttled",
  503: "transient",
};
const kept = ["retry-after", "ratelimit", "ratelimit-policy", "www-authenticate", "allow", "connection"];

/** The gateway's refusal as FHIR's: the same status and text. */
export async function asOutcome(c: Context<AppEnv>, refused: Response): Promise<Response> {
  const problem = (await refused.json()) as { detail?: string; title?: string };
  const code = codeOfStatus[refused.status] ?? (refused.status < 500 ? "invalid" : "exception");
  const headers = Object.fromEntries(
    kept.flatMap((name) => {
      const value = refused.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    }),
  );
  return answerFhir(c, outcome(code, problem.detail ?? problem.title ?? ""), refused.status, {
    ...headers,
    "Cache-Control": "no-store",
  });
}
