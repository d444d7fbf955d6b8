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
 * A SHA-256 as a name that tells nothing without the key, the same for the same hash. A hash is two blocks that never
 * repeat, so a block cipher without a chain hides it and lets those with the key read it again.
 */
export function hideDigest(sha256: Buffer): string {
  const [master] = heldKeyring().index;
  const cipher = createCipheriv("aes-256-ecb", keyFor(master, "payload names"), null).setAutoPadding(false);
  return `${master.id}.${Buffer.concat([cipher.update(sha256), cipher.final()]).toString("hex")}`;
}

/** The SHA-256 that a name hides, hexadecimal; a name from before payloads were encrypted is the hash itself. */
export function showDigest(name: string): string {
  const [id, hidden] = name.split(".");
  if (id === undefined || hidden === undefined) return name;
  const decipher = createDecipheriv("aes-256-ecb", keyFor(named(id), "payload names"), null);
  decipher.setAutoPadding(false);
  return Buffer.concat([decipher.update(hidden, "hex"), decipher.final()]).toString("hex");
}

const keyedHash = (master: MasterKey, purpose: Purpose, text: string) =>
  createHmac("sha256", keyFor(master, purpose)).update(text).digest();

/** The keyed hash (HMAC-SHA-256) of a personal number, under the newest key: what is stored. */
export function hidePatientId(id: string): Buffer {
  return keyedHash(heldKeyring().index[0], "patient numbers", id);
}

/** The keyed hashes of a personal number under every key that is known: what is searched for. */
export function patientIdHashes(id: string): Buffer[] {
  return heldKeyring().index.map((master) => keyedHash(master, "patient numbers", id));
}

const hashesUnder = (purpose: Purpose, text: string) =>
  heldKeyring().index.map((master) => keyedHash(master, purpose, text).toString("hex"));

/** The keyed hashes (HMAC-SHA-256) of a mail address under every key that is known, hexadecimal, newest first: that one is stored. */
export function addressHashes(address: string): string[] {
  return hashesUnder("mail addresses", address);
}

/** The same of what a receipt says, by which it is known when it is said again. */
export function saidHashes(text: string): string[] {
  return hashesUnder("said", text);
}

/** The same of a question that a cursor continues, which may name a patient. */
export function questionHashes(question: string): string[] {
  return hashesUnder("questions", question);
}

const mark = "sealed:";

/** A short text for a column of text, unreadable without the key. */
export function hideText(text: string): string {
  const [master] = heldKeyring().index;
  const sealed = encrypt(keyFor(master, "short texts"), Buffer.from(text), "text");
  return `${mark}${master.id}:${sealed.toString("base64")}`;
}

/** The text that `hideText` was given; a text from before is given back as it is. */
export function showText(text: string): string {
  if (!text.startsWith(mark)) return text;
  const [id = "", base64 = ""] = text.slice(mark.length).split(":");
  return decrypt(keyFor(named(id), "short texts"), Buffer.from(base64, "base64"), "text").toString();
}

/** The same text hidden under the newest key; undefined when it is already. */
export function hideAgain(text: string): string | undefined {
  const [master] = heldKeyring().index;
  return text.startsWith(`${mark}${master.id}:`) ? undefined : hideText(showText(text));
}
