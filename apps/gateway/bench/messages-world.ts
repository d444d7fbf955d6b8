/** Fixtures of the message path benchmark: a durable database, two vendors with keys, messages as requests. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, type Database, migrateDatabase, openDatabase } from "@sor/core";
import { startEmbeddedPostgres } from "@sor/core/database";

const senderGln = "5790000120420";
export const mailboxGln = "5790000128686";
export const webhookGln = "5790000121526";

export type World = {
  url: string;
  folder: string;
  /** Process id of PostgreSQL's main process. */
  pid: number;
  db: Database;
  key: string;
  setWebhook: (address: string) => Promise<void>;
  stop: () => Promise<void>;
};

async function addVendor(db: Database, name: string): Promise<{ supplierId: string; key: string }> {
  const supplierId = randomUUID();
  const key = `sor_${randomBytes(32).toString("base64url")}`;
  await db.$client.query("insert into suppliers (id, name) values ($1, $2)", [supplierId, name]);
  await db.$client.query(
    `insert into api_keys (id, supplier_id, name, key_hash, start, scopes, created_at)
     values ($1, $2, 'bench', $3, 'sor_', '{interchanges:send,messages:read,mailboxes:read}', now())`,
    [randomUUID(), supplierId, createHash("sha256").update(key).digest("hex")],
  );
  return { supplierId, key };
}

async function addReceiver(
  db: Database,
  receiver: { gln: string; supplierId: string; transport: "mailbox" | "webhook" },
): Promise<string> {
  const { gln, supplierId, transport } = receiver;
  const endpointId = randomUUID();
  const address = transport === "webhook" ? "http://127.0.0.1:9/in" : null;
  await db.$client.query(
    "insert into endpoints (id, supplier_id, name, transport, address) values ($1, $2, $3, $4, $5)",
    [endpointId, supplierId, transport, transport, address],
  );
  await db.$client.query(
    `insert into registrations (id, gln, message_type, version, format, endpoint_id, valid_from, recorded_at)
     values (gen_random_uuid(), $1, 'DIS91', 'D9134L', 'EDIFACT', $2, '2020-01-01', now())`,
    [gln, endpointId],
  );
  return endpointId;
}

/** A separate durable PostgreSQL with one sender, one mailbox and one webhook. */
export async function makeWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "bench-messages-"));
  const postgres = await startEmbeddedPostgres(folder);
  await migrateDatabase(postgres.url);
  const db = openDatabase(postgres.url, { statementTimeoutSeconds: 600 });
  const [from, to] = [await addVendor(db, "Afsender"), await addVendor(db, "Modtager")];
  for (const [gln, { supplierId }] of [
    [senderGln, from],
    [mailboxGln, to],
    [webhookGln, to],
  ] as const) {
    await db.$client.query("insert into locations (gln) values ($1)", [gln]);
    await db.$client.query(
      `insert into location_versions (id, gln, valid_from, recorded_at, supplier_id)
       values (gen_random_uuid(), $1, '2020-01-01', now(), $2)`,
      [gln, supplierId],
    );
  }
  await addReceiver(db, { gln: mailboxGln, supplierId: to.supplierId, transport: "mailbox" });
  const webhook = await addReceiver(db, { gln: webhookGln, supplierId: to.supplierId, transport: "webhook" });
  return {
    url: postgres.url,
    folder,
    pid: postgres.pid,
    db,
    key: from.key,
    setWebhook: async (address) => {
      await db.$client.query("update endpoints set address = $1 where id = $2", [address, webhook]);
    },
    stop: async () => {
      await closeDatabase(db);
      await postgres.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const line =
  "Patienten er indlagt akut med brystsmerter; objektiv undersoegelse uden fund, EKG normalt, udskrives i vel";
let serial = 0;

/** A discharge letter of about 2 kB with unique ids. */
export function newMessage(receiver: string): Buffer {
  serial += 1;
  const id = `${process.pid.toString(36)}${serial.toString(36)}`.toUpperCase().slice(-14);
  const texts = Array.from({ length: 16 }, (_, i) => `FTX+SPC+P00++${line} ${i}'`);
  const segments = [
    `UNH+${id}+MEDDIS:D:93A:UN:D9134L+DIS91'`,
    `BGM+EPI+${id}+9+NA'`,
    "PNA+PAT+2512489996:::CPR:IM'",
    ...texts,
  ];
  const header = `UNB+UNOC:3+${senderGln}:14+${receiver}:14+260301:1201+${id}++++0'`;
  const all = ["UNA:+.? '", header, ...segments, `UNT+${segments.length + 1}+${id}'`, `UNZ+1+${id}'`];
  return Buffer.from(all.join("\r\n"), "latin1");
}

/** The POST request that sends a message. */
export function postOf(message: Buffer, key: string): Buffer {
  const head = `POST /v1/interchanges HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/EDIFACT\r\nUser-Agent: bench\r\nContent-Length: ${message.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), message]);
}
