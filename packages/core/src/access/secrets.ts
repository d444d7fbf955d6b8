import { createHash, randomBytes } from "node:crypto";

/** The text of a new API key: `sor_` and 256 random bits, base64url. */
export function newKeyText(): string {
  return `sor_${randomBytes(32).toString("base64url")}`;
}

/** The secret of a one-time link: 256 random bits, base64url. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** How a secret of full entropy is kept: its SHA-256, hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether a text has the shape of an API key. */
export function isKeyText(text: string): boolean {
  return /^sor_[A-Za-z0-9_-]{43}$/.test(text);
}
