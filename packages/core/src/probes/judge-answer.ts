import type { ProbeDetail, ProbeFault, ProbeMethod } from "./schemas.ts";

/** The meaning of an answer's status: whether the endpoint works, and whether it accepted the signature of a test event. */
type Judgement = { fault: ProbeFault | null; signature: ProbeDetail["signature"] };

/**
 * A test event must be accepted (2xx). For other methods any answer shows that the server is up, including that it does not
 * support HEAD or OPTIONS; except redirects, which deliveries do not follow, and server errors.
 */
export function judgeAnswer(method: ProbeMethod, status: number): Judgement {
  const isEvent = method === "test-event";
  const signature = isEvent ? "unknown" : null;
  if (status >= 300 && status < 400) return { fault: "redirect", signature };
  if (status >= 500 && (isEvent || status !== 501)) return { fault: "server-error", signature };
  if (!isEvent) return { fault: null, signature };
  if (status >= 200 && status < 300) return { fault: null, signature: "accepted" };
  if (status === 401 || status === 403) return { fault: "signature-refused", signature: "refused" };
  return { fault: "event-refused", signature };
}

const faultsOfCodes: Readonly<Record<string, ProbeFault>> = {
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-not-found",
  EPRIVATE: "address-not-public",
  ECONNREFUSED: "connection-refused",
  ECONNRESET: "connection-broken",
  EPIPE: "connection-broken",
  EPROTO: "tls-failed",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ETIMEDOUT: "timeout",
};

/** The fault for an error code of the network, of TLS or of HTTP; undefined for any other code. */
export function faultOfCode(code: string): ProbeFault | undefined {
  if (code.startsWith("HPE_")) return "not-http";
  if (/^ERR_(SSL|TLS|OSSL)/.test(code)) return "tls-failed";
  return faultsOfCodes[code] ?? (/^E[A-Z]+$/.test(code) ? "unreachable" : undefined);
}

/** Why a certificate was not trusted, by OpenSSL's or Node's code. */
export function faultOfCertificate(code: string): ProbeFault {
  if (code === "CERT_HAS_EXPIRED") return "certificate-expired";
  return code === "ERR_TLS_CERT_ALTNAME_INVALID" ? "certificate-of-another" : "certificate-not-trusted";
}
