import type { IncomingMessage, ServerResponse } from "node:http";
import { type RoutingTable, toSeconds } from "@sor/core/routing";
import type { Deps, Language } from "./app-env.ts";
import { worthBytes } from "./compress.ts";
import { isNoneMatch } from "./conditional.ts";
import { clientAddress, type Limiter, type Taken } from "./limits.ts";
import { answerLookup, type LookupAnswer, problemBody } from "./lookup.ts";
import { requestIdOf } from "./observe.ts";
import { chooseLanguage } from "./problems.ts";

/** Exactly what is answered here: digits, a code without escapes, at most a version. All else goes the ordinary way. */
const plain = /^\/v1\/routes\/(\d{13})\/([A-Za-z0-9]{2,40})(?:\?version=([\w.-]{1,40}))?$/;
/** Headers that need the ordinary way. */
const special = ["authorization", "x-api-key", "traceparent"] as const;
const keptMax = 20_000;

type Kept = { answer: LookupAnswer; headers: readonly string[]; length: string };

/** Ready answers by address and language, as of one sequence; thrown away whole when the table moves. */
class KeptAnswers {
  #table: RoutingTable | undefined;
  #sequence = -1;
  readonly #byKey = new Map<string, Kept>();

  find(table: RoutingTable, key: string, now: number): Kept | undefined {
    if (table !== this.#table || table.sequence !== this.#sequence) {
      this.#byKey.clear();
      this.#table = table;
      this.#sequence = table.sequence;
      return undefined;
    }
    const kept = this.#byKey.get(key);
    return kept && now < kept.answer.holdsUntil ? kept : undefined;
  }

  keep(key: string, kept: Kept): void {
    if (this.#byKey.size >= keptMax) this.#byKey.clear();
    this.#byKey.set(key, kept);
  }
}

function prepare(answer: LookupAnswer, sequence: number, language: Language, policy: string): Kept {
  const own =
    answer.etag === null
      ? ["Content-Type", "application/problem+json; charset=utf-8", "Content-Language", language]
      : ["Content-Type", "application/json; charset=utf-8", "ETag", answer.etag];
  const vary = answer.etag === null ? "Accept-Language" : "Accept-Encoding";
  const shared = ["Cache-Control", answer.cacheControl, "Vary", vary, "Register-Sequence", String(sequence)];
  const headers = [...own, ...shared, "RateLimit-Policy", policy];
  return { answer, headers, length: String(Buffer.byteLength(answer.body)) };
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * Answers the plainest lookups straight from Node's request, ahead of the middleware chain, with the same words and
 * headers (decision 0010); every other request goes to `ordinary`.
 */
export function fastLookup(deps: Deps, limiter: Limiter, ordinary: Handler): Handler {
  if (deps.config.LOOKUPS === "closed") return ordinary;
  const { config, metrics, log, clock, routing } = deps;
  const kept = new KeptAnswers();

  const look = (match: RegExpExecArray, language: Language): [ready: Kept, cache: "hit" | "miss"] => {
    const { table } = routing;
    const at = toSeconds(clock());
    const key = language + match[0];
    const known = kept.find(table, key, at);
    if (known) return [known, "hit"];
    const [, gln = "", messageType = "", version] = match;
    const answer = answerLookup(table, { gln, messageType, version, at }, language);
    const ready = prepare(answer, table.sequence, language, limiter.policy);
    kept.keep(key, ready);
    return [ready, "miss"];
  };

  const reply = (req: IncomingMessage, res: ServerResponse, match: RegExpExecArray, taken: Taken) => {
    const started = performance.now();
    const [ready, cache] = look(match, chooseLanguage(req.headers["accept-language"]));
    if (ready.answer.body.length >= worthBytes && req.headers["accept-encoding"]) return ordinary(req, res);
    const { result } = ready.answer;
    const requestId = requestIdOf(req.headers["x-request-id"] as string | undefined);
    const status = send(req, res, ready, ["X-Request-Id", requestId, "RateLimit", taken.header], requestId);
    const seconds = (performance.now() - started) / 1000;
    metrics.lookups.inc({ result, cache });
    metrics.lookupSeconds.observe(seconds);
    const labels = { method: req.method ?? "", route: "/v1/routes/:gln/:messageType", status };
    metrics.requestSeconds.observe(labels, seconds);
    log.info({ ...labels, ms: Math.round(seconds * 1e6) / 1000, requestId, actor: "anonymous" }, "request");
  };

  return (req, res) => {
    const match = isPlain(req) ? plain.exec(req.url ?? "") : null;
    if (match === null) return ordinary(req, res);
    const forwarded = req.headers["x-forwarded-for"] as string | undefined;
    const client = clientAddress(req.socket.remoteAddress, forwarded, config.TRUST_PROXY);
    limiter
      .take(client)
      .then((taken) => (taken.allowed ? reply(req, res, match, taken) : ordinary(req, res)))
      .catch((error: unknown) => {
        log.error({ err: error }, "request failed");
        res.destroy();
      });
  };
}

function isPlain({ method, headers }: IncomingMessage): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return special.every((name) => headers[name] === undefined);
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  { answer, headers, length }: Kept,
  extra: readonly string[],
  requestId: string,
): number {
  if (answer.etag !== null && isNoneMatch(req.headers["if-none-match"], answer.etag)) {
    res.writeHead(304, headers.slice(2).concat(extra));
    res.end();
    return 304;
  }
  const body = answer.etag === null ? problemBody(answer, requestId) : answer.body;
  const bytes = answer.etag === null ? String(Buffer.byteLength(body)) : length;
  res.writeHead(answer.status, headers.concat(extra, "Content-Length", bytes));
  res.end(req.method === "HEAD" ? undefined : body);
  return answer.status;
}
