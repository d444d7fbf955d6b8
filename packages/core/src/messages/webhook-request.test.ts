import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { webhookHeaders, webhookSignatures, webhookSignaturesOf } from "./webhook-request.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const older = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const letters = [
  ["ASCII", Buffer.from("UNB+UNOC:3+a+b'")],
  ["Danish, ISO 8859-1", Buffer.from("Rødgrød på åen", "latin1")],
  ["raw bytes", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
] as const;
const delivery = {
  id: "d1",
  interchangeId: "i1",
  messageIds: ["m1", "m2"],
  controlReference: "K1",
  payloadSha256: "00".repeat(32),
  contentType: "application/EDIFACT; charset=iso-8859-1",
  signingSecrets: [secret],
  attempts: 2,
};

describe("a webhook's signature", () => {
  test.each(letters)("over %s is verified by the reference library", (_, body) => {
    const headers = webhookHeaders(delivery, body, new Date());
    expect(() => new Webhook(secret).verify(body, headers, { jsonParse: false })).not.toThrow();
    expect(() => new Webhook(older).verify(body, headers, { jsonParse: false })).toThrow();
  });

  test.each(letters)("over %s is one over the bytes themselves, as the scheme prescribes", (_, body) => {
    const wanted = createHmac("sha256", Buffer.alloc(32, 7))
      .update("d1.1700000000.")
      .update(body)
      .digest("base64");
    expect(webhookSignatures([secret], "d1", 1_700_000_000, body).split(" ")[0]).toBe(`v1,${wanted}`);
  });

  test("is there for the old secret too while secrets are rotated", () => {
    const body = Buffer.from("x");
    const headers = webhookHeaders({ ...delivery, signingSecrets: [secret, older] }, body, new Date());
    expect(() => new Webhook(older).verify(body, headers, { jsonParse: false })).not.toThrow();
  });
});

test("the ids go with the letter, and the webhook-id stays over the attempts", () => {
  const headers = webhookHeaders(delivery, Buffer.from("x"), new Date(1_700_000_000_500));
  expect(headers).toMatchObject({
    "webhook-id": "d1",
    "webhook-timestamp": "1700000000",
    "sor-interchange-id": "i1",
    "sor-message-ids": "m1,m2",
    "sor-attempt": "3",
    "content-length": "1",
  });
  const many = { ...delivery, messageIds: Array.from({ length: 51 }, String) };
  expect(webhookHeaders(many, Buffer.from("x"), new Date())).not.toHaveProperty("sor-message-ids");
});

test("signed part by part, a body has the signatures that it has whole, wherever it is cut", async () => {
  const secrets = [
    `whsec_${Buffer.from("a".repeat(24)).toString("base64")}`,
    `whsec_${Buffer.from("b".repeat(24)).toString("base64")}`,
  ];
  const bytes = fc.oneof(
    fc.string({ unit: "grapheme" }).map((text) => Buffer.from(text)),
    fc.string().map((text) => Buffer.from(`\u{feff}${text}æøå`, "latin1")),
    fc.uint8Array({ maxLength: 60 }).map((list) => Buffer.from(list)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 7 }), async (body, size) => {
      async function* parts() {
        for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
      }
      expect(await webhookSignaturesOf(secrets, "d1", 1_700_000_000, parts())).toBe(
        webhookSignatures(secrets, "d1", 1_700_000_000, body),
      );
    }),
    { numRuns: 500, seed: 3 },
  );
});
