import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { keyNamed, type MasterKey } from "./key-list.ts";
import { heldKeyring } from "./keyring.ts";
import { decrypt, encrypt } from "./seal.ts";

type Purpose = "payload names" | "patient numbers" | "mail addresses" | "short texts" | "said" | "questions";

const derived = new WeakMap<MasterKey, Map<Purpose, KeyObject>>();

function keyFor(master: MasterKey, purpose: Purpose): KeyObject {
  const keys = derived.get(master) ?? new Map<Purpose, KeyObject>();
  derived.set(master, keys);
  const found = keys.get(purpose);
  if (found) return found;
  const key = createSecretKey(Buffer.from(hkdfSync("sha256", master.key, "", `sor ${purpose}`, 32)));
  keys.set(purpose, key);
  return key;
}

const named = (id: string) => keyNamed(heldKeyring().index, id, "INDEX_KEY");

/**
 * Encrypts a SHA-256 deterministically, so that the name reveals nothing without the key and the same hash gives the same name. A
 * hash is two blocks that practically never repeat, so ECB is sufficient, and those with the key can decrypt it.
 */
export function hideDigest(sha256: Buffer): string {
  const [master] = heldKeyring().index;
  const cipher = createCipheriv("aes-256-ecb", keyFor(master, "payload names"), null).setAutoPadding(false);
  return `${master.id}.${Buffer.concat([cipher.update(sha256), cipher.final()]).toString("hex")}`;
}

/** The SHA-256 in an encrypted name, hexadecimal; names from before payloads were encrypted are the hash itself. */
export function showDigest(name: string): string {
  const [id, hidden] = name.split(".");
  if (id === undefined || hidden === undefined) return name;
  const decipher = createDecipheriv("aes-256-ecb", keyFor(named(id), "payload names"), null);
  decipher.setAutoPadding(false);
  return Buffer.concat([decipher.update(hidden, "hex"), decipher.final()]).toString("hex");
}

const keyedHash = (master: MasterKey, purpose: Purpose, text: string) =>
  createHmac("sha256", keyFor(master, purpose)).update(text).digest();

/** The keyed hash (HMAC-SHA-256) of a personal number, under the newest key: for storing. */
export function hidePatientId(id: string): Buffer {
  return keyedHash(heldKeyring().index[0], "patient numbers", id);
}

/** The keyed hashes of a personal number under all known keys: for searching. */
export function patientIdHashes(id: string): Buffer[] {
  return heldKeyring().index.map((master) => keyedHash(master, "patient numbers", id));
}

const hashesUnder = (purpose: Purpose, text: string) =>
  heldKeyring().index.map((master) => keyedHash(master, purpose, text).toString("hex"));

/** The keyed hashes (HMAC-SHA-256) of a mail address under all known keys, hexadecimal, newest first; that one is stored. */
export function addressHashes(address: string): string[] {
  return hashesUnder("mail addresses", address);
}

/** The same for the content of a receipt, to recognise a repeated one. */
export function saidHashes(text: string): string[] {
  return hashesUnder("said", text);
}

/** The same for the query that a cursor continues, which may contain a personal number. */
export function questionHashes(question: string): string[] {
  return hashesUnder("questions", question);
}

const mark = "sealed:";

/** Encrypts a short text for a text column. */
export function hideText(text: string): string {
  const [master] = heldKeyring().index;
  const sealed = encrypt(keyFor(master, "short texts"), Buffer.from(text), "text");
  return `${mark}${master.id}:${sealed.toString("base64")}`;
}

/** Decrypts a text of `hideText`; an unencrypted text from earlier versions is returned as it is. */
export function showText(text: string): string {
  if (!text.startsWith(mark)) return text;
  const [id = "", base64 = ""] = text.slice(mark.length).split(":");
  return decrypt(keyFor(named(id), "short texts"), Buffer.from(base64, "base64"), "text").toString();
}

/** Re-encrypts a text under the newest key; undefined when it already is. */
export function hideAgain(text: string): string | undefined {
  const [master] = heldKeyring().index;
  return text.startsWith(`${mark}${master.id}:`) ? undefined : hideText(showText(text));
}
