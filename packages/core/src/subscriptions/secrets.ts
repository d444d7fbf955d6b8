import { createHash, randomBytes } from "node:crypto";

/** SHA-256 of a secret that only its receiver has, hexadecimal. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** A secret for an address that stands for its receiver: 192 random bits, base64url. */
export const newToken = (): string => randomBytes(24).toString("base64url");
