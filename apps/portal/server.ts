import { type EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import pino from "pino";
import { originHeaders, readConfig, settleKit } from "./src/config.ts";

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

const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  if (request.url === "/livez") {
    response.setHeader("content-type", "text/plain; charset=utf-8").end("ok\n");
    return;
  }
  request.headers[originHeaders.protocol] = origin.protocol.slice(0, -1);
  request.headers[originHeaders.host] = origin.host;
  handler(request, response, () => response.writeHead(404).end());
});

server.listen(config.port, config.host);
await once(server, "listening");
pino({ level: config.logLevel, base: { program: "portal" } }).info({ origin: config.origin }, "listening");

async function stop(): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const unwilling = setTimeout(() => server.closeAllConnections(), 8_000);
  await closed;
  clearTimeout(unwilling);
  (process as EventEmitter).emit("sveltekit:shutdown");
}
process.once("SIGTERM", stop).once("SIGINT", stop);
