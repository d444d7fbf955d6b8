import type { XmlElement, XmlTree } from "@sor/core/markup";
import type { Context, MiddlewareHandler } from "hono";
import type { Answer, AppEnv, Deps } from "../app-env.ts";
import { limitAtOnce, limitReads } from "../http/bounded.ts";
import { caller, requireReader } from "../http/caller.ts";
import { type Limiter, limitRate } from "../http/limits.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { onError } from "../problems/index.ts";
import { readEnvelope, versionOf, writeEnvelope } from "./envelope.ts";
import { contentTypes, type SoapVersion } from "./names.ts";
import { type DgwsCode, SoapFault, writeFault } from "./soap-fault.ts";

const bytesMax = 1024 * 1024;

/** An operation: what it is asked, in, and what it answers, out. */
type SoapOperation = (c: Context<AppEnv>, asked: XmlTree) => Promise<XmlElement>;

type Door = {
  path: string;
  versions: readonly SoapVersion[];
  /** The description that is served at `?wsdl`, with the address of the service. */
  wsdl: (address: string) => string;
  namespace: string;
  /** By the name of the element in the body. */
  operations: Readonly<Record<string, SoapOperation>>;
  /** The service's own element in a fault, for a refusal of the gateway. */
  detailOf?: (status: number) => XmlElement | undefined;
};

const answerXml = (
  c: Context<AppEnv>,
  version: SoapVersion,
  body: string,
  status = 200,
  headers = {},
): Answer =>
  c.body(body, status as 200, {
    "Content-Type": `${contentTypes[version]}; charset=utf-8`,
    "Cache-Control": "no-store",
    ...headers,
  }) as Answer;

const codes: Readonly<Record<number, DgwsCode>> = {
  401: "not_authorized",
  403: "not_authorized",
  405: "illegal_http_method",
};
const kept = ["retry-after", "ratelimit", "ratelimit-policy", "www-authenticate", "connection"];

/** The gateway's refusals as faults. */
function inSoap({ detailOf, versions }: Door): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const refused = c.res;
    if (!refused.headers.get("content-type")?.startsWith("application/problem+json")) return;
    const { status } = refused;
    const { title = "", detail = title } = (await refused.json()) as { title?: string; detail?: string };
    const own = detailOf?.(status);
    const code = codes[status] ?? (status < 500 ? "syntax_error" : "processing_problem");
    const fault = new SoapFault(code, detail, { status, ...(own && { detail: own }) });
    const headers = kept.flatMap((name) => {
      const value = refused.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const asked = versionOf(c.req.header("content-type"));
    const version = versions.includes(asked) ? asked : "1.1";
    c.res = undefined;
    c.res = answerXml(c, version, writeFault(version, fault), status, Object.fromEntries(headers));
  };
}

/**
 * A service of SOAP at one address. Faults that are the caller's have statuses of 4xx; DGWS headers are answered, and id cards
 * are neither required nor checked: who may read is decided as for every other lookup.
 */
export function soapDoor(deps: Deps, limiter: Limiter, door: Door) {
  const { path, versions, namespace, operations } = door;
  const app = newRouter();
  app.onError((error, c) => {
    if (!(error instanceof SoapFault)) return onError(error, c);
    const asked = versionOf(c.req.header("content-type"));
    const version = versions.includes(asked) ? asked : "1.1";
    return answerXml(c, version, writeFault(version, error), error.status);
  });
  app.use(path, inSoap(door), caller(deps, limiter), limitRate(deps, limiter), limitAtOnce(deps));
  app.get(path, (c) => {
    const isAsked = [...new URL(c.req.url).searchParams.keys()].some((name) => name.toLowerCase() === "wsdl");
    if (!isAsked)
      throw new SoapFault("illegal_http_method", "Calls are posted; ?wsdl describes them", { status: 405 });
    const origin = deps.config.PUBLIC_GATEWAY_URL ?? new URL(c.req.url).origin;
    return c.body(door.wsdl(`${origin}${path}`), 200, { "Content-Type": "text/xml; charset=utf-8" });
  });
  app.post(path, requireReader(deps), limitBody(bytesMax), limitReads(deps), async (c) => {
    const call = readEnvelope(await c.req.text());
    if (!versions.includes(call.version))
      throw new SoapFault("syntax_error", `Only SOAP ${versions.join(" and ")}`);
    const { name, namespace: asked } = call.body;
    const operation = asked === namespace && Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) throw new SoapFault("syntax_error", "There is no such operation; ?wsdl describes them");
    const answer = await operation(c, call.body);
    return answerXml(c, call.version, writeEnvelope(call, answer, c.var.ctx.now));
  });
  return app;
}
