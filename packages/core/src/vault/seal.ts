import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { keyNamed, type MasterKey } from "./key-list.ts";
import { heldKeyring, type Keyring } from "./keyring.ts";

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts to nonce, ciphertext and tag in one buffer; `context` is authenticated and must be the same for decryption. */
export function encrypt(key: KeyObject, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts what `encrypt` returned; throws when key or context differ or any bit was changed. */
export function decrypt(key: KeyObject, sealed: Uint8Array, context: string): Buffer {
  if (sealed.byteLength < nonceBytes + tagBytes) throw new Error("encrypted data is cut off");
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(sealed.byteLength - tagBytes));
  const inside = sealed.subarray(nonceBytes, sealed.byteLength - tagBytes);
  return Buffer.concat([decipher.update(inside), decipher.final()]);
}

/** A payload's key, encrypted under a master key. */
export type WrappedKey = { readonly masterKeyId: string; readonly wrappedKey: Buffer };

const wrap = (master: MasterKey, key: KeyObject): WrappedKey => ({
  masterKeyId: master.id,
  wrappedKey: encrypt(master.key, key.export(), `key under ${master.id}`),
});

type PayloadKey = WrappedKey & { key: KeyObject };
type Current = { keyring: Keyring; madeAt: number; uses: number; payloadKey: PayloadKey };

const keyMilliseconds = 60_000;
// Far below the limit of 2^32 random nonces per key (NIST SP 800-38D).
const keyUsesMax = 1_000_000;
let current: Current | undefined;

/**
 * The current payload key, plain and wrapped under the newest master key: a new one every minute per process, since creating and
 * wrapping a key takes longer than encrypting a message.
 */
export function currentPayloadKey(): PayloadKey {
  const [keyring, now] = [heldKeyring(), performance.now()];
  const isFresh =
    current?.keyring === keyring && now - current.madeAt < keyMilliseconds && current.uses < keyUsesMax;
  if (!current || !isFresh) {
    const key = createSecretKey(randomBytes(32));
    current = { keyring, madeAt: now, uses: 0, payloadKey: { key, ...wrap(keyring.payload[0], key) } };
  }
  current.uses += 1;
  return current.payloadKey;
}

/** Unwraps a payload's key; throws with a text for the operator when its master key is missing. */
export function openKey({ masterKeyId, wrappedKey }: WrappedKey): KeyObject {
  const master = keyNamed(heldKeyring().payload, masterKeyId, "PAYLOAD_KEY");
  return createSecretKey(decrypt(master.key, wrappedKey, `key under ${masterKeyId}`));
}

/** The same key wrapped under the newest master key. */
export function wrapAgain(wrapped: WrappedKey): WrappedKey {
  return wrap(heldKeyring().payload[0], openKey(wrapped));
}
