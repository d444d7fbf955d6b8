import type { KeyList } from "./key-list.ts";

/** The keys of a process: those that wrap the keys of payloads, and those under which names and personal numbers are hidden. */
export type Keyring = { readonly payload: KeyList; readonly index: KeyList };

let held: Keyring | undefined;

/** Gives this process its keys, once, before it stores or reads messages. */
export function holdKeyring(keyring: Keyring): void {
  held = keyring;
}

/** The keys of this process; throws when it was started without. */
export function heldKeyring(): Keyring {
  if (!held)
    throw new Error("This process has no PAYLOAD_KEY and INDEX_KEY: it can neither store nor read messages.");
  return held;
}
