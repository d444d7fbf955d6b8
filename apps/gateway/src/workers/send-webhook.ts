import http from "node:http";
import https from "node:https";
import { pipeline } from "node:stream/promises";
import { type DeliveryOutcome, readStatus } from "@sor/core/deliveries";
import {
  findAddressFault,
  guardedLookup,
  isAllowedPrivate,
  type Resolve,
  readExcerpt,
} from "@sor/core/endpoints";

type WebhookPost = {
  address: string;
  headers: Record<string, string>;
  /** The bytes of the body in order, requested when the request is made. */
  body: () => AsyncIterable<Uint8Array>;
  /** Hosts (name or name:port) that may be http and private. */
  privateHosts: readonly string[];
  /** Timeout from the first byte sent to the headers of the answer; its body gets one second more. */
  timeoutMilliseconds: number;
  signal: AbortSignal;
  now: () => Date;
};

export type WebhookResult = {
  outcome: DeliveryOutcome;
  latencyMilliseconds: number;
  responseExcerpt: string | null;
};

/** Keep-alive connections, separate for hosts that may be private: a socket is only reused under the rule it was opened by. */
export type WebhookAgents = Record<"public" | "private", { http: http.Agent; https: https.Agent }>;

/** Agents for one worker; `close` ends their idle connections. */
export function createAgents(resolve?: Resolve): { agents: WebhookAgents; close: () => void } {
  const kept = { keepAlive: true, keepAliveMsecs: 5000, maxSockets: 64, timeout: 120_000 };
  const guarded = { ...kept, lookup: guardedLookup(resolve) };
  const agents = {
    public: { http: new http.Agent(guarded), https: new https.Agent(guarded) },
    private: { http: new http.Agent(kept), https: new https.Agent(kept) },
  };
  const close = () => {
    for (const pair of Object.values(agents)) for (const agent of Object.values(pair)) agent.destroy();
  };
  return { agents, close };
}

/** Posts a body once. Never throws and follows no redirect: every result is an outcome. */
export async function sendWebhook(post: WebhookPost, agents: WebhookAgents): Promise<WebhookResult> {
  const started = performance.now();
  const done = (outcome: DeliveryOutcome, responseExcerpt: string | null = null): WebhookResult => ({
    outcome,
    responseExcerpt,
    latencyMilliseconds: performance.now() - started,
  });
  const fault = findAddressFault(post.address, post.privateHosts);
  if (fault) return done({ kind: "failed", error: `address-${fault}` });
  const url = new URL(post.address);
  const pair = agents[isAllowedPrivate(url, post.privateHosts) ? "private" : "public"];
  const isSecure = url.protocol === "https:";
  const signal = AbortSignal.any([post.signal, AbortSignal.timeout(post.timeoutMilliseconds)]);
  return await new Promise((resolve) => {
    let isSent = false;
    let isAnswered = false;
    const request = (isSecure ? https : http).request(url, {
      method: "POST",
      headers: post.headers,
      agent: isSecure ? pair.https : pair.http,
      signal,
    });
    const sending = new Promise<void>((settle) => {
      request.on("finish", settle);
      request.on("close", settle);
    });
    request.on("finish", () => {
      isSent = true;
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (isAnswered) return;
      const reason = signal.aborted ? timeoutName(signal) : (error.code ?? "ERROR");
      resolve(done(isSent ? { kind: "unknown", error: reason } : { kind: "failed", error: reason }));
    });
    request.on("response", async (response) => {
      // The status decides: a later error, on either side, does not change the outcome.
      isAnswered = true;
      const { statusCode = 0, headers } = response;
      const outcome = readStatus(statusCode, headers["retry-after"], post.now());
      // A receiver that answers before it has read the whole body still gets the rest.
      if (outcome.kind === "delivered" && !isSent) await sendRest(request, sending);
      const excerpt = await readExcerpt(response);
      if (!isSent) request.destroy();
      resolve(done(outcome, excerpt));
    });
    // The request's own events report its result; an aborted body destroys it.
    pipeline(post.body(), request).catch((error: Error) => request.destroy(error));
  });
}

// Once Node's client has parsed the whole answer it no longer passes on the socket's drain, and a request being written stalls.
async function sendRest(request: http.ClientRequest, sending: Promise<void>): Promise<void> {
  const passOn = () => request.emit("drain");
  const { socket } = request;
  socket?.on("drain", passOn);
  await sending;
  socket?.off("drain", passOn);
}

const timeoutName = (signal: AbortSignal) =>
  signal.reason instanceof DOMException && signal.reason.name === "TimeoutError" ? "TIMEOUT" : "STOPPED";
