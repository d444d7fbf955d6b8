import { customType, index, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const instant = () => timestamp({ withTimezone: true });

/**
 * Payload bytes as received or built, encrypted, in parts of at most 1 MiB. The name is their SHA-256, encrypted under INDEX_KEY
 * (`id.hexadecimal`); rows from before encryption have the hash itself and no key.
 */
export const payloads = pgTable(
  "payloads",
  {
    sha256: text().notNull(),
    part: integer().notNull(),
    /** Of the whole payload. */
    sizeBytes: integer().notNull(),
    /** Nonce, ciphertext and tag (AES-256-GCM); plain bytes if there is no key. */
    bytes: bytea().notNull(),
    storedAt: instant().notNull(),
    /** Id of the PAYLOAD_KEY that wraps the payload's own key. */
    masterKeyId: text(),
    wrappedKey: bytea(),
  },
  (table) => [
    primaryKey({ name: "payloads_sha256_part", columns: [table.sha256, table.part] }),
    index("payloads_master_key").on(table.masterKeyId),
  ],
);

/** Keyed hashes (HMAC-SHA-256) of the personal numbers of a message's patients, used only to find it. */
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
