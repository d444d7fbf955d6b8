import { type EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { formBytesMax, originHeaders, readConfig, settleKit, takesFiles } from "./src/config.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;

settleKit();
const config = readConfig();
const origin = new URL(config.origin);
const built = new URL("./build/handler.js", import.meta.url).href;
const { handler } = (await import(built)) as { handler: Handler };

const securityHeaders: Record<string, string> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
  ...(origin.protocol === "https:" ? { "strict-transport-security": "max-age=31536000" } : {}),
};

let isStopping = false;

function answerOperations(request: IncomingMessage, response: ServerResponse): boolean {
  const path = request.url?.split("?")[0];
  const isLive = path === "/livez";
  if (!isLive && !(path === "/readyz" && isStopping)) return false;
  response.statusCode = isLive ? 200 : 503;
  response.setHeader("content-type", "text/plain; charset=utf-8").end(isLive ? "ok\n" : "stopping\n");
  return true;
}

/** Whether a form is larger than one may be; only a file may be more, and browsers say how much they send. */
function isTooLarge({ url, headers }: IncomingMessage): boolean {
  if (takesFiles(url?.split("?")[0] ?? "")) return false;
  return Number(headers["content-length"] ?? 0) > formBytesMax || headers["transfer-encoding"] !== undefined;
}

/** Whether a request unsubscribes by the address in a mail (RFC 8058): its token is the proof, and it has no Origin. */
const isOneClick = ({ method, url }: IncomingMessage) =>
  method === "POST" && /^\/afmeld\/[\w-]+$/.test(url ?? "");

/** Kit refuses forms without an Origin, which mail providers send. Cookies are taken away: nothing here depends on them. */
function allowOneClick({ headers }: IncomingMessage): void {
  headers.origin = origin.origin;
  delete headers.cookie;
}

/** Hands a request to Kit under the origin of the settings, whatever its headers say. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  // Clients that keep their connection must not lose a request when it closes: they are told with each answer.
  if (isStopping) response.shouldKeepAlive = false;
  if (answerOperations(request, response)) return;
  if (isTooLarge(request)) {
    response.writeHead(413, { connection: "close" }).end();
    return;
  }
  if (isOneClick(request)) allowOneClick(request);
  request.headers[originHeaders.protocol] = origin.protocol.slice(0, -1);
  request.headers[originHeaders.host] = origin.host;
  handler(request, response, () => response.writeHead(404).end());
}

const limits = { requestTimeout: 30_000, headersTimeout: 10_000 };
const hidesMetrics = config.managementPort !== undefined;
const server = createServer(limits, (request, response) => {
  if (hidesMetrics && request.url?.split("?")[0] === "/metrics") response.writeHead(404).end();
  else answer(request, response);
});
const management = createServer(limits, (request, response) => {
  if (/^\/(?:livez|readyz|metrics)$/.test(request.url ?? "")) answer(request, response);
  else response.writeHead(404).end();
});

const log = pino({ level: config.logLevel, base: { program: "portal" } });
if (hidesMetrics) {
  management.listen(config.managementPort, config.host);
  await once(management, "listening");
  log.info({ managementPort: (management.address() as AddressInfo).port }, "management listens");
}
server.listen(config.port, config.host);
await once(server, "listening");
log.info({ origin: config.origin }, "listening");

async function close(listening: Server): Promise<void> {
  if (!listening.listening) return;
  const closed = once(listening, "close");
  listening.close();
  listening.closeIdleConnections();
  const unwilling = setTimeout(() => listening.closeAllConnections(), 8_000);
  await closed;
  clearTimeout(unwilling);
}

/** Answers on for a while, so that whoever asks /readyz sends no more, and ends at once when told so a second time. */
const drained = new AbortController();

async function stop(): Promise<void> {
  if (isStopping) return drained.abort();
  isStopping = true;
  await pause(config.drainSeconds * 1000, undefined, { signal: drained.signal }).catch(() => undefined);
  await Promise.all([close(server), close(management)]);
  (process as EventEmitter).emit("sveltekit:shutdown");
}
process.on("SIGTERM", stop).on("SIGINT", stop);
