import { createHash } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { decrypt, encrypt, hideDigest, newPayloadKey, openKey, showDigest } from "../vault/index.ts";
import { payloads } from "../vault/tables.ts";

const partBytes = 1024 * 1024;

/** SHA-256 of bytes. */
export const sha256Of = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** The name of a payload: its SHA-256, hidden, so that nobody without the key can try whether a letter is there. */
export function payloadName(bytes: Uint8Array): string {
  return hideDigest(sha256Of(bytes));
}

/** Whether two names are of the same bytes; they can be hidden under different keys. */
export function isSamePayload(name: string, other: string): boolean {
  return name === other || showDigest(name) === showDigest(other);
}

type PayloadRow = typeof payloads.$inferInsert;

// A part belongs to its payload and place: what encrypts it is bound to both, and to the size of the whole.
const contextOf = ({ sha256, part, sizeBytes }: Pick<PayloadRow, "sha256" | "part" | "sizeBytes">) =>
  `${sha256}/${part}/${sizeBytes}`;

/** The rows of a payload, encrypted under a key of its own that is wrapped under the newest master key. */
export function payloadRows(bytes: Uint8Array, storedAt: Date): PayloadRow[] {
  const { key, masterKeyId, wrappedKey } = newPayloadKey();
  const whole = {
    sha256: payloadName(bytes),
    sizeBytes: bytes.byteLength,
    masterKeyId,
    wrappedKey,
    storedAt,
  };
  const count = Math.max(1, Math.ceil(bytes.byteLength / partBytes));
  return Array.from({ length: count }, (_, part) => {
    const plain = bytes.subarray(part * partBytes, (part + 1) * partBytes);
    return { ...whole, part, bytes: encrypt(key, plain, contextOf({ ...whole, part })) };
  });
}

/** Stores bytes encrypted under the name of their content, once. Bytes that are there already are not written again. */
export async function storePayload(
  tx: Transaction,
  bytes: Uint8Array,
  now: Date,
): Promise<{ sha256: string; sizeBytes: number }> {
  const rows = payloadRows(bytes, now);
  for (const row of rows) await tx.insert(payloads).values(row).onConflictDoNothing();
  return { sha256: rows[0]?.sha256 ?? payloadName(bytes), sizeBytes: bytes.byteLength };
}

function plainPart(row: typeof payloads.$inferSelect): Buffer {
  const { masterKeyId, wrappedKey } = row;
  // Rows from before payloads were encrypted have no key, until `npm run admin -- rotate-keys` gives them one.
  if (masterKeyId === null || wrappedKey === null) return row.bytes;
  return decrypt(openKey({ masterKeyId, wrappedKey }), row.bytes, contextOf(row));
}

/** The bytes of a payload, exactly as they were stored; undefined when they are not kept any more. */
export async function findPayload(db: ReadDatabase, sha256: string): Promise<Buffer | undefined> {
  const rows = await db
    .select()
    .from(payloads)
    .where(eq(payloads.sha256, sha256))
    .orderBy(asc(payloads.part));
  if (rows.length === 0) return undefined;
  const bytes = Buffer.concat(rows.map(plainPart));
  if (rows[0]?.sizeBytes !== bytes.byteLength || sha256Of(bytes).toString("hex") !== showDigest(sha256)) {
    throw new Error("a stored payload is damaged");
  }
  return bytes;
}

/** The bytes of a payload; throws `gone` when they are not kept any more. */
export async function readPayload(db: ReadDatabase, sha256: string): Promise<Buffer> {
  const bytes = await findPayload(db, sha256);
  if (!bytes) throw new DomainError("gone", "The content is no longer kept.", { fault: "payload-pruned" });
  return bytes;
}

/** A payload's digest as `Content-Digest` carries it (RFC 9530), by its name. */
export function contentDigest(name: string): string {
  return `sha-256=:${Buffer.from(showDigest(name), "hex").toString("base64")}:`;
}
