import { randomBytes } from "node:crypto";

// Standard Webhooks, "Signature scheme": between 24 and 64 random bytes, base64, prefixed whsec_.
const secretBytes = 32;

/** A new random secret for signing webhooks, in the form that Standard Webhooks prescribes. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString("base64")}`;
}
