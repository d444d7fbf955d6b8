import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { contentOf } from "../messages/content.ts";
import { webhookHeadersOf, webhookSignatures, webhookSignaturesOf } from "./webhook-request.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const older = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const utf8 = ["ASCII", Buffer.from("UNB+UNOC:3+a+b'")] as const;
const danish = ["Danish, ISO 8859-1", Buffer.from("Rødgrød på åen", "latin1")] as const;
const raw = ["raw bytes", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))] as const;
const delivery = {
  id: "d1",
  interchangeId: "i1",
  messageIds: ["m1", "m2"],
  controlReference: "K1",
  payloadSha256: "00".repeat(32),
  contentType: "application/EDIFACT; charset=iso-8859-1",
  signingSecrets: [secret],
  signsText: false,
  attempts: 2,
};
const headersOf = (body: Buffer, more: Partial<typeof delivery> = {}, now = new Date()) =>
  webhookHeadersOf({ ...delivery, ...more }, contentOf(body), now);
const verifies = (by: string, body: Buffer, headers: Record<string, string>) => {
  try {
    new Webhook(by).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
};
const signaturesOf = (headers: Record<string, string>) => headers["webhook-signature"]?.split(" ") ?? [];
const overBytes = (id: string, timestamp: string, body: Buffer) =>
  `v1,${createHmac("sha256", Buffer.alloc(32, 7)).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;

describe("a webhook's signature", () => {
  test.each([utf8, danish, raw])(
    "over %s is over the bytes themselves, as the scheme prescribes",
    async (_, body) => {
      const headers = await headersOf(body);
      expect(signaturesOf(headers)).toEqual([overBytes("d1", headers["webhook-timestamp"] ?? "", body)]);
    },
  );

  test.each([utf8, danish, raw])(
    "over %s is verified by the reference library, where a text signature is requested too",
    async (_, body) => {
      const headers = await headersOf(body, { signsText: true });
      expect([verifies(secret, body, headers), verifies(older, body, headers)]).toEqual([true, false]);
      expect(signaturesOf(headers)[0]).toBe(overBytes("d1", headers["webhook-timestamp"] ?? "", body));
    },
  );

  test("covers every byte where no text signature is requested: another message in Danish has another signature", async () => {
    const [ae, oe] = [Buffer.from("Kær", "latin1"), Buffer.from("Kør", "latin1")];
    const now = new Date();
    const [one, other] = [await headersOf(ae, {}, now), await headersOf(oe, {}, now)];
    expect(signaturesOf(one)).not.toEqual(signaturesOf(other));
    const withText = await Promise.all([ae, oe].map((body) => headersOf(body, { signsText: true }, now)));
    // Why the text signature is opt-in: libraries decode both bodies to the same text.
    expect(signaturesOf(withText[0] ?? {})[1]).toBe(signaturesOf(withText[1] ?? {})[1]);
    const forged = Buffer.from(ae.toString("utf8"));
    expect([verifies(secret, forged, one), verifies(secret, forged, withText[0] ?? {})]).toEqual([
      false,
      true,
    ]);
  });

  test("is present once for each valid secret", async () => {
    const body = Buffer.from("x");
    const headers = await headersOf(body, { signingSecrets: [secret, older] });
    expect([verifies(secret, body, headers), verifies(older, body, headers)]).toEqual([true, true]);
  });
});

test("the message ids are in the headers, and the webhook-id is the same for all attempts", async () => {
  const headers = await headersOf(Buffer.from("x"), {}, new Date(1_700_000_000_500));
  expect(headers).toMatchObject({
    "webhook-id": "d1",
    "webhook-timestamp": "1700000000",
    "sor-interchange-id": "i1",
    "sor-message-ids": "m1,m2",
    "sor-attempt": "3",
    "content-length": "1",
  });
  const messageIds = Array.from({ length: 51 }, String);
  expect(await headersOf(Buffer.from("x"), { messageIds })).not.toHaveProperty("sor-message-ids");
});

test("signed part by part, a body has the same signatures as when signed whole, wherever it is split", async () => {
  const signingSecrets = [
    `whsec_${Buffer.from("a".repeat(24)).toString("base64")}`,
    `whsec_${Buffer.from("b".repeat(24)).toString("base64")}`,
  ];
  const bytes = fc.oneof(
    fc.string({ unit: "grapheme" }).map((text) => Buffer.from(text)),
    fc.string().map((text) => Buffer.from(`\u{feff}${text}æøå`, "latin1")),
    fc.uint8Array({ maxLength: 60 }).map((list) => Buffer.from(list)),
  );
  const whole = (body: Buffer) => {
    const text = Buffer.from(body.toString("utf8"));
    const bodies = text.equals(body) ? [body] : [body, text];
    const signed = signingSecrets.map((one) =>
      bodies.map((each) => webhookSignatures([one], "d1", 1_700_000_000, each)).join(" "),
    );
    return signed.join(" ");
  };
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 7 }), async (body, size) => {
      async function* parts() {
        for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
      }
      const asked = { id: "d1", signingSecrets, signsText: true };
      expect(await webhookSignaturesOf(asked, 1_700_000_000, parts())).toBe(whole(body));
    }),
    { numRuns: 500, seed: 3 },
  );
});

test("the guide's example has the two signatures of such a body", async () => {
  const guide = await readFile(new URL("../../../../docs/api/endpoints.md", import.meta.url), "utf8");
  const find = (pattern: RegExp) => pattern.exec(guide)?.[1] ?? "";
  const [id, timestamp] = [find(/^webhook-id: (.+)$/m), Number(find(/^webhook-timestamp: (.+)$/m))];
  const body = Buffer.from(find(/the body `([^`]+)` in ISO 8859-1/), "latin1");
  const delivery = { id, signingSecrets: [find(/secret `(whsec_[^`]+)` the body/)], signsText: true };
  const parts = (async function* () {
    yield body;
  })();
  const signatures = await webhookSignaturesOf(delivery, timestamp, parts);
  expect(signatures.split(" ")).toHaveLength(2);
  expect(find(/^webhook-signature: (.+)$/m)).toBe(signatures);
});
