import { createHash } from "node:crypto";
import { webhookSignatures } from "../deliveries/index.ts";
import { contentDigest } from "../messages/index.ts";

/**
 * The event with which an endpoint is tested, signed like a delivery. It is marked as a test in the id, which the signature
 * covers (`test_…`), in the type of its content, and in the header `sor-event`.
 */
export function testEvent(event: {
  id: string;
  endpointId: string;
  signingSecrets: readonly string[];
  now: Date;
}): { headers: Record<string, string>; body: Buffer } {
  const webhookId = `test_${event.id}`;
  const seconds = Math.floor(event.now.getTime() / 1000);
  const content = {
    type: "sor.endpoint.test",
    timestamp: event.now.toISOString(),
    data: { endpointId: event.endpointId },
  };
  const body = Buffer.from(JSON.stringify(content));
  const signature = webhookSignatures(event.signingSecrets, webhookId, seconds, body);
  return {
    body,
    headers: {
      "content-type": "application/json",
      "content-length": String(body.byteLength),
      "content-digest": contentDigest(createHash("sha256").update(body).digest("hex")),
      "webhook-id": webhookId,
      "webhook-timestamp": String(seconds),
      ...(signature !== "" && { "webhook-signature": signature }),
      "sor-event": "test",
    },
  };
}
