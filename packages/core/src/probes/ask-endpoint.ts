import http from "node:http";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import {
  findAddressFault,
  findPublicAddresses,
  isAllowedPrivate,
  type Resolve,
  readExcerpt,
  resolveName,
} from "../endpoints/index.ts";
import { describeTls } from "./describe-certificates.ts";
import { faultOfCertificate, faultOfCode, judgeAnswer } from "./judge-answer.ts";
import type { ProbeDetail, ProbeFault, ProbeMethod } from "./schemas.ts";

export type EndpointQuestion = {
  address: string;
  method: Exclude<ProbeMethod, "mailbox" | "folder">;
  /** The body of a `test-event` request. */
  event?: { headers: Record<string, string>; body: Buffer } | undefined;
  /** Hosts (name or name:port) that may be http and private. */
  privateHosts: readonly string[];
  /** For everything: name resolution, connection, handshake and answer. */
  timeoutMilliseconds: number;
  /** Replaces the system's resolver. */
  resolve?: Resolve | undefined;
  /** Certificates to trust instead of the system's (PEM). */
  trusted?: string | undefined;
};

export type EndpointAnswer = { isUp: boolean; latencyMilliseconds: number; detail: ProbeDetail };

class Stop extends Error {
  readonly fault: ProbeFault;
  constructor(fault: ProbeFault) {
    super(fault);
    this.fault = fault;
  }
}

const nothingYet = (method: ProbeMethod): ProbeDetail => ({
  method,
  fault: null,
  address: null,
  addresses: 0,
  milliseconds: { name: null, connection: null, handshake: null, answer: null },
  tls: null,
  status: null,
  signature: null,
  excerpt: null,
});

/**
 * Probes a webhook once, on a new connection, under the rules of deliveries: the address is checked as text and again after name
 * resolution, only a checked address is connected to, nothing is sent to an untrusted server, and redirects are not followed.
 * Every failure is returned, not thrown.
 */
export async function askEndpoint(question: EndpointQuestion): Promise<EndpointAnswer> {
  const started = performance.now();
  const detail = nothingYet(question.method);
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), question.timeoutMilliseconds);
  const open: Socket[] = [];
  try {
    await goThrough(question, detail, ending.signal, open);
  } catch (error) {
    const fault = faultOf(error, ending.signal);
    if (!fault) throw error;
    detail.fault = fault;
  } finally {
    clearTimeout(timer);
    for (const socket of open) socket.destroy();
  }
  const latencyMilliseconds = Math.round(performance.now() - started);
  return { isUp: detail.fault === null, latencyMilliseconds, detail };
}

function faultOf(error: unknown, signal: AbortSignal): ProbeFault | undefined {
  if (error instanceof Stop) return error.fault;
  if (signal.aborted) return "timeout";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return faultOfCode(code);
}

type Step = keyof ProbeDetail["milliseconds"];

async function goThrough(
  question: EndpointQuestion,
  detail: ProbeDetail,
  signal: AbortSignal,
  open: Socket[],
): Promise<void> {
  if (findAddressFault(question.address, question.privateHosts)) throw new Stop("address-not-allowed");
  const url = new URL(question.address);
  const timed = async <T>(step: Step, what: Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await untilEnd(what, signal);
    } finally {
      detail.milliseconds[step] = Math.round(performance.now() - started);
    }
  };
  const lookup = await timed("name", findAddresses(url, question, detail));
  const { socket, isConnected, isSecure } = openSocket(url, lookup, question.trusted);
  open.push(socket);
  await timed("connection", isConnected);
  detail.address = socket.remoteAddress ?? null;
  if (socket instanceof TLSSocket) {
    await timed("handshake", isSecure);
    detail.tls = describeTls(socket);
    // Here `authorizationError` is the code, although its type is Error.
    if (!socket.authorized) throw new Stop(faultOfCertificate(String(socket.authorizationError)));
  }
  if (question.method === "handshake") return;
  const answer = await timed("answer", exchange(question, url, socket));
  detail.status = answer.status;
  const excerpt = await answer.excerpt;
  if (question.method === "test-event") detail.excerpt = excerpt;
  const { fault, signature } = judgeAnswer(question.method, answer.status);
  detail.signature = signature;
  if (fault) throw new Stop(fault);
}

function untilEnd<T>(what: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new Stop("timeout"));
    signal.addEventListener("abort", end, { once: true });
    what.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}

/** A lookup that returns the checked addresses, so that a second resolution cannot change them (DNS rebinding). */
async function findAddresses(
  url: URL,
  question: EndpointQuestion,
  detail: ProbeDetail,
): Promise<LookupFunction | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) {
    detail.addresses = 1;
    return undefined;
  }
  const { resolve = resolveName } = question;
  const isPrivate = isAllowedPrivate(url, question.privateHosts);
  const found = await (isPrivate ? resolve(host) : findPublicAddresses(host, resolve));
  detail.addresses = found.length;
  return (_name, _options, done) => done(null, found);
}

type Opened = { socket: Socket; isConnected: Promise<void>; isSecure: Promise<void> };

function openSocket(url: URL, lookup: LookupFunction | undefined, trusted: string | undefined): Opened {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isTls = url.protocol === "https:";
  const port = Number(url.port || (isTls ? 443 : 80));
  const to = { host, port, autoSelectFamily: true, ...(lookup && { lookup }) };
  // The handshake does not reject, so that an untrusted certificate can be shown; nothing is sent to it.
  const socket = isTls
    ? connectTls({
        ...to,
        ...(isIP(host) === 0 && { servername: host }),
        ...(trusted !== undefined && { ca: trusted }),
        rejectUnauthorized: false,
        minVersion: "TLSv1.2",
      })
    : connect(to);
  const isSecure = isTls ? whenEvent(socket, "secureConnect") : Promise.resolve();
  // Awaited only after the connection is established; until then its failure is the connection's.
  isSecure.catch(() => {});
  return { socket, isConnected: whenEvent(socket, "connect"), isSecure };
}

function whenEvent(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    // Stays as long as the socket: later errors are reported by the awaiting code.
    socket.on("error", reject);
    socket.once("close", () => reject(new Stop("connection-broken")));
  });
}

/** Settles with the head of the answer; the outcome of its body is reported separately. */
function exchange(
  question: EndpointQuestion,
  url: URL,
  socket: Socket,
): Promise<{ status: number; excerpt: Promise<string | null> }> {
  const { method, event } = question;
  const verb = method === "head" ? "HEAD" : method === "options" ? "OPTIONS" : "POST";
  return new Promise((resolve, reject) => {
    const request = http.request({
      createConnection: () => socket,
      method: verb,
      path: `${url.pathname}${url.search}`,
      setHost: false,
      headers: { host: url.host, "user-agent": "sor-gateway", connection: "close", ...event?.headers },
    });
    // Has no effect after the head.
    request.on("error", reject);
    request.on("response", (response) => {
      resolve({ status: response.statusCode ?? 0, excerpt: readExcerpt(response) });
    });
    request.end(event?.body);
  });
}
