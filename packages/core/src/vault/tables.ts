import { customType, index, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const instant = () => timestamp({ withTimezone: true });

/**
 * Bytes as they came or were built, encrypted, in parts of at most 1 MiB. They are named by their SHA-256, which is hidden
 * under INDEX_KEY (`id.hexadecimal`); rows from before encryption have the hash itself and no key.
 */
export const payloads = pgTable(
  "payloads",
  {
    sha256: text().notNull(),
    part: integer().notNull(),
    /** Of the whole payload. */
    sizeBytes: integer().notNull(),
    /** Nonce, ciphertext and tag (AES-256-GCM); plain bytes where there is no key. */
    bytes: bytea().notNull(),
    storedAt: instant().notNull(),
    /** Which PAYLOAD_KEY the payload's own key is wrapped under. */
    masterKeyId: text(),
    wrappedKey: bytea(),
  },
  (table) => [
    primaryKey({ name: "payloads_sha256_part", columns: [table.sha256, table.part] }),
    index("payloads_master_key").on(table.masterKeyId),
  ],
);

/** Keyed hashes (HMAC-SHA-256) of the personal numbers of a message's patients: by them it is found, and in no other way. */
export const messagePatients = pgTable(
  "message_patients",
  {
    patientHash: bytea().notNull(),
    messageId: uuid().notNull(),
  },
  (table) => [
    primaryKey({ name: "message_patients_key", columns: [table.patientHash, table.messageId] }),
    index("message_patients_message").on(table.messageId),
  ],
);
