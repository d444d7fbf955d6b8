import { createHmac } from "node:crypto";
import { contentDigest } from "./payloads.ts";

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

/** The headers of a delivery by webhook. The webhook-id stays the same over all attempts, so that a receiver can tell. */
export function webhookHeaders(delivery: WebhookDelivery, body: Buffer, now: Date): Record<string, string> {
  const timestampSeconds = Math.floor(now.getTime() / 1000);
  const { id, messageIds, signingSecrets } = delivery;
  return {
    "content-type": delivery.contentType,
    "content-length": String(body.byteLength),
    "content-digest": contentDigest(delivery.payloadSha256),
    "user-agent": "sor-gateway",
    "webhook-id": id,
    "webhook-timestamp": String(timestampSeconds),
    ...(signingSecrets.length > 0 && {
      "webhook-signature": webhookSignatures(signingSecrets, id, timestampSeconds, body),
    }),
    "sor-interchange-id": delivery.interchangeId,
    ...(messageIds.length <= idsInHeaderMax && { "sor-message-ids": messageIds.join(",") }),
    "sor-attempt": String(delivery.attempts + 1),
  };
}
