import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { keyNamed, type MasterKey } from "./key-list.ts";
import { heldKeyring, type Keyring } from "./keyring.ts";

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Nonce, ciphertext and tag in one piece; `context` is bound to it and has to be the same when it is opened. */
export function encrypt(key: KeyObject, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What `encrypt` was given; throws when key, context or a single bit is not the same. */
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

/** The key of payloads, encrypted under a master key. */
export type WrappedKey = { readonly masterKeyId: string; readonly wrappedKey: Buffer };

const wrap = (master: MasterKey, key: KeyObject): WrappedKey => ({
  masterKeyId: master.id,
  wrappedKey: encrypt(master.key, key.export(), `key under ${master.id}`),
});

type PayloadKey = WrappedKey & { key: KeyObject };
type Current = { keyring: Keyring; madeAt: number; uses: number; payloadKey: PayloadKey };

const keyMilliseconds = 60_000;
// Far below the 2^32 nonces at random that one key bears (NIST SP 800-38D).
const keyUsesMax = 1_000_000;
let current: Current | undefined;

/**
 * The key under which a payload is encrypted, plain and wrapped under the newest master key: a new one for every minute of a
 * process, since making and wrapping a key costs more than encrypting a message.
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

/** The key of a payload; throws a text for the operator when its master key is missing. */
export function openKey({ masterKeyId, wrappedKey }: WrappedKey): KeyObject {
  const master = keyNamed(heldKeyring().payload, masterKeyId, "PAYLOAD_KEY");
  return createSecretKey(decrypt(master.key, wrappedKey, `key under ${masterKeyId}`));
}

/** The same key wrapped under the newest master key. */
export function wrapAgain(wrapped: WrappedKey): WrappedKey {
  return wrap(heldKeyring().payload[0], openKey(wrapped));
}
