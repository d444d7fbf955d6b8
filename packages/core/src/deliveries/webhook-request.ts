import { createHmac, type Hmac } from "node:crypto";
import { contentDigest, type PayloadParts } from "../messages/index.ts";

type WebhookDelivery = {
  id: string;
  interchangeId: string;
  messageIds: readonly string[];
  controlReference: string;
  payloadSha256: string;
  contentType: string;
  signingSecrets: readonly string[];
  signsText: boolean;
  /** Number of earlier attempts. */
  attempts: number;
};

// More ids would make the header too long for some servers; the interchange's address lists them all.
const idsInHeaderMax = 50;

const startOf = (secret: string, id: string, timestampSeconds: number): Hmac => {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return createHmac("sha256", key).update(`${id}.${timestampSeconds}.`);
};
const written = (hmacs: readonly Hmac[]) => hmacs.map((hmac) => `v1,${hmac.digest("base64")}`).join(" ");

/** The signatures over the bytes of a body (Standard Webhooks, "Signature scheme"), one for each secret. */
export function webhookSignatures(
  secrets: readonly string[],
  id: string,
  timestampSeconds: number,
  body: Uint8Array,
): string {
  return written(secrets.map((secret) => startOf(secret, id, timestampSeconds).update(body)));
}

/**
 * The signatures of a body that is read part by part: over its bytes, one for each secret. With `signsText`, and where the bytes
 * are not UTF-8, each is followed by one over the text that JavaScript and Python libraries decode them to, since those cannot
 * verify bytes. All invalid UTF-8 bytes decode to the same character, so the text signature does not cover them.
 */
export async function webhookSignaturesOf(
  { signingSecrets, signsText, id }: Pick<WebhookDelivery, "signingSecrets" | "signsText" | "id">,
  timestampSeconds: number,
  parts: AsyncIterable<Uint8Array>,
): Promise<string> {
  const hmacs = () => signingSecrets.map((secret) => startOf(secret, id, timestampSeconds));
  const [ofBytes, ofText] = [hmacs(), signsText ? hmacs() : []];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  let isText = true;
  const takeText = (text: string) => {
    for (const hmac of ofText) hmac.update(text, "utf8");
  };
  for await (const part of parts) {
    for (const hmac of ofBytes) hmac.update(part);
    if (!signsText) continue;
    takeText(decoder.decode(part, { stream: true }));
    isText &&= holds(() => strict.decode(part, { stream: true }));
  }
  if (!signsText) return written(ofBytes);
  takeText(decoder.decode());
  isText &&= holds(() => strict.decode());
  return written(ofBytes.flatMap((hmac, at) => (isText ? [hmac] : [hmac, ofText[at] as Hmac])));
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

/** The headers of a webhook delivery. The webhook-id is the same for all attempts, so that a receiver can detect duplicates. */
export async function webhookHeadersOf(
  delivery: WebhookDelivery,
  { sizeBytes, parts }: PayloadParts,
  now: Date,
): Promise<Record<string, string>> {
  const signatures = await webhookSignaturesOf(delivery, secondsOf(now), parts());
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
