import { createHash, randomBytes } from "node:crypto";

/** A new API key: `sor_` and 256 random bits, base64url. */
export function newKeyText(): string {
  return `sor_${randomBytes(32).toString("base64url")}`;
}

/** The secret of a one-time link: 256 random bits, base64url. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** The stored form of a full-entropy secret: its SHA-256, hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether a text has the form of an API key. */
export function isKeyText(text: string): boolean {
  return /^sor_[A-Za-z0-9_-]{43}$/.test(text);
}
