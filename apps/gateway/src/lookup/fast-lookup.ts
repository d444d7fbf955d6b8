import type { IncomingMessage, ServerResponse } from "node:http";
import { worthCodingBytes } from "@sor/core";
import { toSeconds } from "@sor/core/routing";
import type { Deps } from "../app-env.ts";
import { clientAddress, type Limiter } from "../http/limits.ts";
import { requestIdOf } from "../http/request-id.ts";
import { securityHeaders } from "../http/security-headers.ts";
import { chooseLanguage } from "../problems/index.ts";
import { answerLookup, type WrittenLookup, writeLookup } from "./answer-lookup.ts";

/** Answers one request of Node's server. */
export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** The only requests answered here: digits, a code without escapes, at most a version. All others take the ordinary path. */
const plain = /^\/v1\/routes\/(\d{13})\/([A-Za-z0-9]{2,40})(?:\?version=([\w.-]{1,40}))?$/;
const route = "/v1/routes/:gln/:messageType";

type Asked = {
  requestId: string | undefined;
  noneMatch: string | undefined;
  language: string | undefined;
  encoding: string | undefined;
  forwarded: string | undefined;
};

/** The relevant headers, read without building Node's header object; null when one needs the ordinary path. */
function readHeaders(raw: readonly string[]): Asked | null {
  const asked: Asked = {
    requestId: undefined,
    noneMatch: undefined,
    language: undefined,
    encoding: undefined,
    forwarded: undefined,
  };
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length < 9 || name.length === 10 || name.length > 17) continue;
    switch (name.toLowerCase()) {
      case "authorization":
      case "x-api-key":
      case "traceparent":
      case "transfer-encoding":
      case "content-length":
        return null;
      case "x-request-id":
        if (asked.requestId !== undefined) return null;
        asked.requestId = raw[i + 1];
        break;
      case "if-none-match":
        if (asked.noneMatch !== undefined) return null;
        asked.noneMatch = raw[i + 1];
        break;
      case "accept-language":
        asked.language = raw[i + 1];
        break;
      case "accept-encoding":
        asked.encoding = raw[i + 1];
        break;
      case "x-forwarded-for":
        asked.forwarded = raw[i + 1];
        break;
    }
  }
  return asked;
}

/** Counts and logs an answer as the middleware does, with the labels resolved once per kind of answer. */
function createRecorder({ metrics, log }: Deps) {
  const kinds = new Map<string, (seconds: number, requestId: string) => void>();
  const lookupSeconds = metrics.lookupSeconds.labels({});
  const makeKind = (method: string, status: number, result: string) => {
    const lookups = metrics.lookups.labels({ result, cache: status === 304 ? "hit" : "miss" });
    const requestSeconds = metrics.requestSeconds.labels({ method, route, status });
    const line = log.child({ method, route, status, actor: "anonymous" });
    return (seconds: number, requestId: string) => {
      lookups.inc();
      lookupSeconds.observe(seconds);
      requestSeconds.observe(seconds);
      line.debug({ ms: Math.round(seconds * 1e6) / 1000, requestId }, "request");
    };
  };
  return (method: string, status: number, result: string, seconds: number, requestId: string) => {
    const key = `${method}${status}${result}`;
    let kind = kinds.get(key);
    if (!kind) {
      kind = makeKind(method, status, result);
      kinds.set(key, kind);
    }
    kind(seconds, requestId);
  };
}

/**
 * Answers the simplest lookups directly from Node's request, before the middleware chain, with the same body and headers
 * (decision 0014); every other request goes to `ordinary`.
 */
export function fastLookup(deps: Deps, limiter: Limiter, ordinary: Handler): Handler {
  const { config, clock, routing } = deps;
  if (config.LOOKUPS === "closed") return ordinary;
  const record = createRecorder(deps);
  const common = Object.entries(securityHeaders(config)).flatMap(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);

  const answer = (req: IncomingMessage, res: ServerResponse) => {
    const { method, url } = req;
    const match = method === "GET" || method === "HEAD" ? plain.exec(url ?? "") : null;
    const asked = match && readHeaders(req.rawHeaders);
    if (!match || !asked) return ordinary(req, res);
    const started = performance.now();
    const { table } = routing;
    const [, gln = "", messageType = "", version] = match;
    const language = asked.language === undefined ? "da" : chooseLanguage(asked.language);
    const question = { gln, messageType, version, at: toSeconds(clock()) };
    const found = answerLookup(table, question, language);
    if (found.body.length >= worthCodingBytes && asked.encoding !== undefined) return ordinary(req, res);
    const taken = limiter.take(clientAddress(req.socket.remoteAddress, asked.forwarded, config.TRUST_PROXY));
    if (!taken.allowed) return ordinary(req, res);
    const requestId = requestIdOf(asked.requestId);
    const { noneMatch } = asked;
    const written = writeLookup(found, { noneMatch, language, requestId, sequence: table.sequence });
    written.headers.push(...common, "x-request-id", requestId);
    written.headers.push("ratelimit", taken.header, "ratelimit-policy", limiter.policy);
    send(method as string, res, written);
    record(method as string, written.status, found.result, (performance.now() - started) / 1000, requestId);
  };

  return (req, res) => {
    try {
      answer(req, res);
    } catch (error) {
      deps.log.error({ err: error, route }, "request failed");
      if (res.headersSent) res.destroy();
      else ordinary(req, res);
    }
  };
}

function send(method: string, res: ServerResponse, { status, headers, body }: WrittenLookup): void {
  res.writeHead(status, headers);
  if (method === "HEAD" || status === 304) res.end();
  else res.end(body, "latin1");
}
