import { type OutgoingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { newId } from "@sor/core/database";
import type { ProblemCode } from "../problems/catalogue.ts";
import { problemValue } from "../problems/index.ts";

const codeOfFault: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  ERR_HTTP_REQUEST_TIMEOUT: "too-slow",
};

type Refusal = { status: number; headers: Record<string, string>; text: string };
type Headers = Readonly<Record<string, string>>;

/** The refusal of bytes that are not a request: in Danish, since the language is unknown. */
function refusalOf(code: ProblemCode, common: Headers): Refusal {
  const value = { ...problemValue(code, "da"), requestId: newId() };
  const headers = {
    ...common,
    "Content-Type": "application/problem+json; charset=utf-8",
    "Content-Language": "da",
    "Cache-Control": "no-store",
    "X-Request-Id": value.requestId,
  };
  return { status: value.status, headers, text: JSON.stringify(value) };
}

/** The refusal of a request whose Host header is missing or invalid. */
export function refuseAddress(common: Headers): Response {
  const { status, headers, text } = refusalOf("malformed", common);
  return new Response(text, { status, headers });
}

/** Whether a request has more than one Host header, which makes its target ambiguous (RFC 9112 3.2). */
export function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts > 1;
}

/** Refuses a request before it is processed, and closes its connection. */
export function refuseRequest(res: ServerResponse, common: Headers): void {
  const { status, headers, text } = refusalOf("malformed", common);
  const length = { "Content-Length": String(Buffer.byteLength(text)) };
  res.writeHead(status, { ...headers, ...length, Connection: "close" }).end(text);
}

type Socket = Duplex & { _httpMessage?: OutgoingMessage };

/** Answers bytes that are not HTTP, or headers that are too long or too slow, with a problem; then closes the connection. */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Socket, common: Headers): void {
  // As Node does by default: once an answer has begun, no other can be sent.
  if (!socket.writable || error.code === "ECONNRESET" || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const { status, headers, text } = refusalOf(codeOfFault[error.code ?? ""] ?? "malformed", common);
  const lines = Object.entries({
    ...headers,
    "Content-Length": String(Buffer.byteLength(text)),
    Connection: "close",
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`);
}
