import { createHmac } from "node:crypto";
import { contentDigest, type PayloadParts } from "./payloads.ts";

export type WebhookDelivery = {
  id: string;
  interchangeId: string;
  messageIds: readonly string[];
  controlReference: string;
  payloadSha256: string;
  contentType: string;
  signingSecrets: readonly string[];
  /** Attempts before this one. */
  attempts: number;
};

// More ids than this would make a header that servers refuse; the interchange's address lists them all.
const idsInHeaderMax = 50;

function signature(secret: string, id: string, timestampSeconds: number, body: Uint8Array): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const hmac = createHmac("sha256", key).update(`${id}.${timestampSeconds}.`).update(body);
  return `v1,${hmac.digest("base64")}`;
}

/**
 * The signatures of a body (Standard Webhooks, "Signature scheme"): one over its bytes for each secret. Where the bytes are
 * not UTF-8, as Danish letters in ISO 8859-1 are not, there is a second one over the text that the scheme's JavaScript and
 * Python libraries make of them, since those cannot verify bytes.
 */
export function webhookSignatures(
  secrets: readonly string[],
  id: string,
  timestampSeconds: number,
  body: Buffer,
): string {
  const asText = Buffer.from(body.toString("utf8"));
  const bodies = asText.equals(body) ? [body] : [body, asText];
  return secrets
    .flatMap((secret) => bodies.map((bytes) => signature(secret, id, timestampSeconds, bytes)))
    .join(" ");
}

/**
 * The signatures of a body that is read part by part, the same as `webhookSignatures` gives: the text that libraries make
 * of bytes that are not UTF-8 is made and signed as they come.
 */
export async function webhookSignaturesOf(
  secrets: readonly string[],
  id: string,
  timestampSeconds: number,
  parts: AsyncIterable<Uint8Array>,
): Promise<string> {
  const hmacs = () =>
    secrets.map((secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
      return createHmac("sha256", key).update(`${id}.${timestampSeconds}.`);
    });
  const [ofBytes, ofText] = [hmacs(), hmacs()];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  let isText = true;
  const takeText = (text: string) => {
    for (const hmac of ofText) hmac.update(text, "utf8");
  };
  for await (const part of parts) {
    for (const hmac of ofBytes) hmac.update(part);
    takeText(decoder.decode(part, { stream: true }));
    isText &&= holds(() => strict.decode(part, { stream: true }));
  }
  takeText(decoder.decode());
  isText &&= holds(() => strict.decode());
  return ofBytes
    .flatMap((hmac, at) => (isText ? [hmac] : [hmac, ofText[at] as typeof hmac]))
    .map((hmac) => `v1,${hmac.digest("base64")}`)
    .join(" ");
}

function holds(decode: () => string): boolean {
  try {
    decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** The headers of a delivery by webhook. The webhook-id stays the same over all attempts, so that a receiver can tell. */
export function webhookHeaders(delivery: WebhookDelivery, body: Buffer, now: Date): Record<string, string> {
  const { id, signingSecrets } = delivery;
  const signatures = webhookSignatures(signingSecrets, id, secondsOf(now), body);
  return headersOf(delivery, { sizeBytes: body.byteLength, signatures, now });
}

/** The same headers for a body that is read part by part. */
export async function webhookHeadersOf(
  delivery: WebhookDelivery,
  { sizeBytes, parts }: PayloadParts,
  now: Date,
): Promise<Record<string, string>> {
  const { id, signingSecrets } = delivery;
  const signatures = await webhookSignaturesOf(signingSecrets, id, secondsOf(now), parts());
  return headersOf(delivery, { sizeBytes, signatures, now });
}

const secondsOf = (now: Date) => Math.floor(now.getTime() / 1000);

function headersOf(
  delivery: WebhookDelivery,
  { sizeBytes, signatures, now }: { sizeBytes: number; signatures: string; now: Date },
): Record<string, string> {
  const { messageIds } = delivery;
  return {
    "content-type": delivery.contentType,
    "content-length": String(sizeBytes),
    "content-digest": contentDigest(delivery.payloadSha256),
    "user-agent": "sor-gateway",
    "webhook-id": delivery.id,
    "webhook-timestamp": String(secondsOf(now)),
    ...(signatures !== "" && { "webhook-signature": signatures }),
    "sor-interchange-id": delivery.interchangeId,
    ...(messageIds.length <= idsInHeaderMax && { "sor-message-ids": messageIds.join(",") }),
    "sor-attempt": String(delivery.attempts + 1),
  };
}
