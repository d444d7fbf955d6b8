import { randomBytes } from "node:crypto";
import { DomainError } from "../errors.ts";
import { hideText, showText } from "../vault/index.ts";

/** A signing secret as it is stored: sealed, and since when and until when it signs (RFC 3339; null: unknown, and without end). */
export type KeptSecret = { sealed: string; madeAt: string | null; endsAt: string | null };

/** The same without the secret itself, newest first in lists. */
export type SecretView = Omit<KeptSecret, "sealed">;

// Standard Webhooks, "Signature scheme": between 24 and 64 random bytes, base64, prefixed whsec_.
const secretBytes = 32;
/** So many secrets of one endpoint sign at once: each has a signature in the header of every delivery. */
export const secretsMax = 5;

/** A new random secret for signing webhooks, in the form that Standard Webhooks prescribes. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString("base64")}`;
}

/** A secret from now on and without an end, as it is stored. */
export function keepSecret(secret: string, now: Date): KeptSecret {
  return { sealed: hideText(secret), madeAt: now.toISOString(), endsAt: null };
}

const isInForce = (now: Date) => (kept: SecretView) => kept.endsAt === null || new Date(kept.endsAt) > now;

/** The secrets that sign at that time, newest first, to be used and nowhere kept. */
export function secretsInForce(kept: readonly KeptSecret[], now: Date): string[] {
  return kept.filter(isInForce(now)).map(({ sealed }) => showText(sealed));
}

/** What is stored of the secrets once those whose end has come are taken away. */
export function withoutEnded(kept: readonly KeptSecret[], now: Date): KeptSecret[] {
  return kept.filter(isInForce(now));
}

/** What people see of secrets. */
export function secretViews(kept: readonly KeptSecret[]): SecretView[] {
  return kept.map(({ madeAt, endsAt }) => ({ madeAt, endsAt }));
}

/**
 * Puts a new secret before the others. The one that had no end signs for `overlapSeconds` more, older ones until the ends that they
 * were promised; with 0 all of them end now. Throws `conflict` (`too-many-secrets`) when five sign already.
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
  throw new DomainError("conflict", "As many signing secrets overlap as may: wait until one ends.", {
    fault: "too-many-secrets",
    most: secretsMax,
    endsAt: soonest,
  });
}
