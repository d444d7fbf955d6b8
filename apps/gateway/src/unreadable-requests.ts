import { type OutgoingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { ProblemCode } from "./problem-catalogue.ts";
import { problemValue } from "./problems.ts";
import { newRequestId } from "./request-id.ts";

const codeOfFault: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  ERR_HTTP_REQUEST_TIMEOUT: "too-slow",
};

/** The body of a refusal of what is no request: Danish, since its language is not known. */
function bodyOf(code: ProblemCode): { status: number; headers: Record<string, string>; text: string } {
  const value = { ...problemValue(code, "da"), requestId: newRequestId() };
  const headers = {
    "Content-Type": "application/problem+json; charset=utf-8",
    "Content-Language": "da",
    "Cache-Control": "no-store",
    "X-Request-Id": value.requestId,
  };
  return { status: value.status, headers, text: JSON.stringify(value) };
}

/** The refusal of a request that has no address: without Host, or with one that is none. */
export function refuseAddress(): Response {
  const { status, headers, text } = bodyOf("malformed");
  return new Response(text, { status, headers });
}

type Socket = Duplex & { _httpMessage?: OutgoingMessage };

/** Answers bytes that are no HTTP request, or one with too long headers or too slow, with a problem; then closes. */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  // Node's own rule: what has begun to be answered cannot be answered anew.
  if (!socket.writable || error.code === "ECONNRESET" || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const { status, headers, text } = bodyOf(codeOfFault[error.code ?? ""] ?? "malformed");
  const lines = Object.entries({
    ...headers,
    "Content-Length": String(Buffer.byteLength(text)),
    Connection: "close",
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`);
}
