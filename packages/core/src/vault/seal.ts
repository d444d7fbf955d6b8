import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { keyNamed, type MasterKey } from "./key-list.ts";
import { heldKeyring } from "./keyring.ts";

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Nonce, ciphertext and tag in one piece; `context` is bound to it and has to be the same when it is opened. */
export function encrypt(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What `encrypt` was given; throws when key, context or a single bit is not the same. */
export function decrypt(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  if (sealed.byteLength < nonceBytes + tagBytes) throw new Error("encrypted data is cut off");
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(sealed.byteLength - tagBytes));
  const inside = sealed.subarray(nonceBytes, sealed.byteLength - tagBytes);
  return Buffer.concat([decipher.update(inside), decipher.final()]);
}

/** The key of one payload, encrypted under a master key. */
export type WrappedKey = { readonly masterKeyId: string; readonly wrappedKey: Buffer };

const wrap = (master: MasterKey, key: Buffer): WrappedKey => ({
  masterKeyId: master.id,
  wrappedKey: encrypt(master.bytes, key, `key under ${master.id}`),
});

/** A new key for one payload, plain and wrapped under the newest master key. */
export function newPayloadKey(): WrappedKey & { key: Buffer } {
  const key = randomBytes(32);
  return { key, ...wrap(heldKeyring().payload[0], key) };
}

/** The key of a payload; throws a text for the operator when its master key is missing. */
export function openKey({ masterKeyId, wrappedKey }: WrappedKey): Buffer {
  const master = keyNamed(heldKeyring().payload, masterKeyId, "PAYLOAD_KEY");
  return decrypt(master.bytes, wrappedKey, `key under ${masterKeyId}`);
}

/** The same key wrapped under the newest master key. */
export function wrapAgain(wrapped: WrappedKey): WrappedKey {
  return wrap(heldKeyring().payload[0], openKey(wrapped));
}
