import { createHash } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { currentPayloadKey, decrypt, encrypt, hideDigest, openKey, showDigest } from "../vault/index.ts";
import { payloads } from "../vault/tables.ts";
import { type Content, contentOf, partBytes } from "./content.ts";

/** SHA-256 of bytes. */
const sha256Of = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** Whether two names are of the same bytes; they may be encrypted under different keys. */
export function isSamePayload(name: string, other: string): boolean {
  return name === other || showDigest(name) === showDigest(other);
}

type PayloadRow = typeof payloads.$inferInsert;

// The encryption of a part is bound to its payload, its index and the size of the whole.
const contextOf = ({ sha256, part, sizeBytes }: Pick<PayloadRow, "sha256" | "part" | "sizeBytes">) =>
  `${sha256}/${part}/${sizeBytes}`;

type Whole = Pick<PayloadRow, "sha256" | "sizeBytes" | "masterKeyId" | "wrappedKey" | "storedAt">;

/** Encrypts the parts of a payload one by one, with a key that is wrapped by the newest master key. */
function sealing(
  { sha256, sizeBytes }: Pick<Content, "sha256" | "sizeBytes">,
  storedAt: Date,
): (plain: Uint8Array, part: number) => PayloadRow {
  const { key, masterKeyId, wrappedKey } = currentPayloadKey();
  const name = hideDigest(Buffer.from(sha256, "hex"));
  const whole: Whole = { sha256: name, sizeBytes, masterKeyId, wrappedKey, storedAt };
  return (plain, part) => ({ ...whole, part, bytes: encrypt(key, plain, contextOf({ ...whole, part })) });
}

/** The rows of a payload, encrypted. */
export function payloadRows(bytes: Uint8Array, storedAt: Date): PayloadRow[] {
  const seal = sealing(contentOf(bytes), storedAt);
  const count = Math.max(1, Math.ceil(bytes.byteLength / partBytes));
  return Array.from({ length: count }, (_, part) =>
    seal(bytes.subarray(part * partBytes, (part + 1) * partBytes), part),
  );
}

/** Stores bytes encrypted under the name of their content. Does nothing when they are stored already. */
export async function storePayload(
  tx: Transaction,
  bytes: Uint8Array,
  now: Date,
): Promise<{ sha256: string; sizeBytes: number }> {
  return await storeContent(tx, contentOf(bytes), now);
}

/** The name under which content is stored. */
export function nameOf({ sha256 }: Pick<Content, "sha256">): string {
  return hideDigest(Buffer.from(sha256, "hex"));
}

/**
 * Stores content part by part, with at most one part in memory. A part that exists already is updated, so that a concurrent prune
 * waits and then sees that it is referenced.
 */
export async function storeContent(
  tx: Transaction,
  content: Content,
  now: Date,
): Promise<{ sha256: string; sizeBytes: number }> {
  const seal = sealing(content, now);
  let part = 0;
  for await (const plain of content.parts()) {
    await tx
      .insert(payloads)
      .values(seal(plain, part))
      .onConflictDoUpdate({ target: [payloads.sha256, payloads.part], set: { storedAt: now } });
    part += 1;
  }
  return { sha256: nameOf(content), sizeBytes: content.sizeBytes };
}

/** A payload that is read part by part; `parts` can be called again, for instance for a second attempt. */
export type PayloadParts = { sizeBytes: number; parts: () => AsyncIterable<Uint8Array> };

/**
 * The parts of a payload in order. Throws after the last one when they do not match what was stored: do not treat the payload as
 * complete before. Throws `gone` when it has been pruned.
 */
export function payloadParts(db: ReadDatabase, name: string, sizeBytes: number): PayloadParts {
  return {
    sizeBytes,
    async *parts() {
      const hash = createHash("sha256");
      for (let part = 0; part === 0 || part * partBytes < sizeBytes; part += 1) {
        const [row] = await db
          .select()
          .from(payloads)
          .where(and(eq(payloads.sha256, name), eq(payloads.part, part)));
        if (!row) throw pruned();
        const plain = plainPart(row);
        hash.update(plain);
        yield plain;
      }
      if (hash.digest("hex") !== showDigest(name)) throw new Error("a stored payload is damaged");
    },
  };
}

/** A stored payload as content; one of a single part is read from the database once. Throws like `payloadParts`. */
export async function storedContent(
  db: ReadDatabase,
  { payloadSha256, sizeBytes }: { payloadSha256: string; sizeBytes: number },
): Promise<PayloadParts> {
  if (sizeBytes > partBytes) return payloadParts(db, payloadSha256, sizeBytes);
  return contentOf(await readPayload(db, payloadSha256));
}

/** All parts in one buffer: only for payloads known to be small. */
export async function wholeOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const pruned = () => new DomainError("gone", "payload-pruned", { fault: "payload-pruned" });

function plainPart(row: typeof payloads.$inferSelect): Buffer {
  const { masterKeyId, wrappedKey } = row;
  // Rows from before encryption was added have no key, until `npm run admin -- rotate-keys` gives them one.
  if (masterKeyId === null || wrappedKey === null) return row.bytes;
  return decrypt(openKey({ masterKeyId, wrappedKey }), row.bytes, contextOf(row));
}

/** The bytes of a payload, exactly as they were stored; undefined when they have been pruned. */
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

/** The bytes of a payload; throws `gone` when they have been pruned. */
export async function readPayload(db: ReadDatabase, sha256: string): Promise<Buffer> {
  const bytes = await findPayload(db, sha256);
  if (!bytes) throw new DomainError("gone", "payload-pruned", { fault: "payload-pruned" });
  return bytes;
}

/** A payload's digest as `Content-Digest` carries it (RFC 9530), by its name. */
export function contentDigest(name: string): string {
  return `sha-256=:${Buffer.from(showDigest(name), "hex").toString("base64")}:`;
}
