import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { CertificateView, ProbeDetail } from "./schemas.ts";

const chainMax = 6;
const nameMax = 200;

/** A distinguished name on one line. */
const onLine = (name: string) => name.replace(/[\r\n]+/g, ", ").slice(0, nameMax);

function viewOf(raw: Buffer): CertificateView {
  const certificate = new X509Certificate(raw);
  return {
    subject: onLine(certificate.subject),
    issuer: onLine(certificate.issuer),
    sha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    validFrom: certificate.validFromDate.toISOString(),
    validTo: certificate.validToDate.toISOString(),
  };
}

// The root certificate names itself as its issuer.
function chainOf(socket: TLSSocket): CertificateView[] {
  const chain: CertificateView[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw && chain.length < chainMax) {
    chain.push(viewOf(next.raw));
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

/** The TLS parameters of a connection: version, cipher, and the chain of certificates, the server's own first. */
export function describeTls(socket: TLSSocket): NonNullable<ProbeDetail["tls"]> {
  return {
    version: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().name,
    isTrusted: socket.authorized,
    certificates: chainOf(socket),
  };
}
