import { createHash } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { payloads } from "./tables.ts";

const partBytes = 1024 * 1024;

/** SHA-256 of the bytes, hexadecimal: the name of a payload. */
export function payloadName(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Stores bytes under their SHA-256, once. Bytes that are there already are not written again. */
export async function storePayload(
  tx: Transaction,
  bytes: Uint8Array,
  now: Date,
): Promise<{ sha256: string; sizeBytes: number }> {
  const sha256 = payloadName(bytes);
  for (let part = 0; part === 0 || part * partBytes < bytes.byteLength; part += 1) {
    const slice = bytes.subarray(part * partBytes, (part + 1) * partBytes);
    await tx
      .insert(payloads)
      .values({
        sha256,
        part,
        sizeBytes: bytes.byteLength,
        bytes: Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength),
        storedAt: now,
      })
      .onConflictDoNothing();
  }
  return { sha256, sizeBytes: bytes.byteLength };
}

/** The bytes of a payload, exactly as they were stored; throws when they are gone or damaged. */
export async function readPayload(db: ReadDatabase, sha256: string): Promise<Buffer> {
  const parts = await db
    .select({ bytes: payloads.bytes, sizeBytes: payloads.sizeBytes })
    .from(payloads)
    .where(eq(payloads.sha256, sha256))
    .orderBy(asc(payloads.part));
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  if (parts[0]?.sizeBytes !== bytes.byteLength || payloadName(bytes) !== sha256) {
    throw new Error("a stored payload is missing or damaged");
  }
  return bytes;
}

/** A payload's digest as `Content-Digest` carries it (RFC 9530). */
export function contentDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;
}
