import { createSecretKey, type KeyObject } from "node:crypto";

/** A 256-bit master key and the id by which rows refer to it. */
export type MasterKey = { readonly id: string; readonly key: KeyObject };
/** Keys of one purpose: the first encrypts, all decrypt. */
export type KeyList = readonly [MasterKey, ...MasterKey[]];

const line = /^([a-z0-9][a-z0-9-]{0,31}):([A-Za-z0-9+/_-]{43}=?)$/;

/**
 * Parses keys written as `id:base64`, separated by spaces, commas or line breaks, newest first; text after # is a comment. Throws
 * with a text for the operator that never contains a key.
 */
export function readKeyList(text: string, source: string): KeyList {
  const words = text
    .replaceAll(/#.*$/gm, "")
    .split(/[\s,]+/)
    .filter(Boolean);
  const keys = words.map((word, i): MasterKey => {
    const [, id, base64] = line.exec(word) ?? [];
    if (!id || !base64) {
      throw new Error(`${source}: key ${i + 1} must be id:base64 with 32 bytes, such as 2026-1:…`);
    }
    return { id, key: createSecretKey(Buffer.from(base64, "base64")) };
  });
  const [first, ...others] = keys;
  if (!first) throw new Error(`${source} holds no key; it needs a line id:base64 with 32 bytes.`);
  const twice = keys.find(({ id }, i) => keys.findIndex((key) => key.id === id) !== i);
  if (twice) throw new Error(`${source}: two keys are named ${twice.id}.`);
  return [first, ...others];
}

/** The key with that id; throws with a text for the operator when it is missing. */
export function keyNamed(keys: KeyList, id: string, setting: string): MasterKey {
  const found = keys.find((key) => key.id === id);
  if (!found) throw new Error(`${setting} lacks the key "${id}", with which stored data was encrypted.`);
  return found;
}
