import { randomBytes } from "node:crypto";
import { DomainError } from "../errors.ts";
import { hideText, showText } from "../vault/index.ts";

/** A stored signing secret: sealed, with its period of validity (RFC 3339; null: start unknown, or no end). */
export type KeptSecret = { sealed: string; madeAt: string | null; endsAt: string | null };

/** The same without the secret itself; lists are newest first. */
export type SecretView = Omit<KeptSecret, "sealed">;

// Standard Webhooks, "Signature scheme": between 24 and 64 random bytes, base64, prefixed whsec_.
const secretBytes = 32;
/** Maximum number of valid secrets per endpoint: each adds a signature to the header of every delivery. */
export const secretsMax = 5;

/** A new random secret for signing webhooks, in the form required by Standard Webhooks. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString("base64")}`;
}

/** The stored form of a secret valid from now on without an end. */
export function keepSecret(secret: string, now: Date): KeptSecret {
  return { sealed: hideText(secret), madeAt: now.toISOString(), endsAt: null };
}

const isInForce = (now: Date) => (kept: SecretView) => kept.endsAt === null || new Date(kept.endsAt) > now;

/** The secrets valid at that time, newest first, in plain text: must not be stored. */
export function secretsInForce(kept: readonly KeptSecret[], now: Date): string[] {
  return kept.filter(isInForce(now)).map(({ sealed }) => showText(sealed));
}

/** The stored secrets without the expired ones. */
export function withoutEnded(kept: readonly KeptSecret[], now: Date): KeptSecret[] {
  return kept.filter(isInForce(now));
}

/** The secrets as shown to people. */
export function secretViews(kept: readonly KeptSecret[]): SecretView[] {
  return kept.map(({ madeAt, endsAt }) => ({ madeAt, endsAt }));
}

/**
 * Adds a new secret in front. The one without an end stays valid for `overlapSeconds` more, older ones until their own ends; with
 * 0 all of them end now. Throws `conflict` (`too-many-secrets`) when five are valid already.
 */
export function rotateSecrets(
  kept: readonly KeptSecret[],
  secret: string,
  { overlapSeconds, now }: { overlapSeconds: number; now: Date },
): KeptSecret[] {
  const fresh = keepSecret(secret, now);
  if (overlapSeconds === 0) return [fresh];
  const end = new Date(now.getTime() + overlapSeconds * 1000).toISOString();
  const older = withoutEnded(kept, now).map((one) => ({ ...one, endsAt: one.endsAt ?? end }));
  if (older.length < secretsMax) return [fresh, ...older];
  const soonest = older.map(({ endsAt }) => endsAt).sort()[0] ?? end;
  throw new DomainError("conflict", "too-many-secrets", {
    fault: "too-many-secrets",
    most: secretsMax,
    endsAt: soonest,
  });
}
