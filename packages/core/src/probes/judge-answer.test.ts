import { expect, test } from "vitest";
import { faultOfCertificate, faultOfCode, judgeAnswer } from "./judge-answer.ts";

test.each([
  ["test-event", 204, null, "accepted"],
  ["test-event", 401, "signature-refused", "refused"],
  ["test-event", 403, "signature-refused", "refused"],
  ["test-event", 404, "event-refused", "unknown"],
  ["test-event", 501, "server-error", "unknown"],
  ["test-event", 302, "redirect", "unknown"],
  ["options", 204, null, null],
  ["options", 405, null, null],
  ["options", 501, null, null],
  ["head", 401, null, null],
  ["head", 404, null, null],
  ["head", 308, "redirect", null],
  ["head", 503, "server-error", null],
] as const)("%s answered with %i: %s, signature %s", (method, status, fault, signature) => {
  expect(judgeAnswer(method, status)).toEqual({ fault, signature });
});

test.each([
  ["ENOTFOUND", "name-not-found"],
  ["EPRIVATE", "address-not-public"],
  ["ECONNREFUSED", "connection-refused"],
  ["ECONNRESET", "connection-broken"],
  ["EHOSTDOWN", "unreachable"],
  ["HPE_INVALID_CONSTANT", "not-http"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls-failed"],
  ["ERR_ASSERTION", undefined],
  ["", undefined],
])("the code %j means %s", (code, fault) => {
  expect(faultOfCode(code)).toBe(fault);
});

test.each([
  ["CERT_HAS_EXPIRED", "certificate-expired"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate-of-another"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate-not-trusted"],
])("a certificate refused as %s is %s", (code, fault) => {
  expect(faultOfCertificate(code)).toBe(fault);
});
