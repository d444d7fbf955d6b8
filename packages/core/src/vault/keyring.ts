import type { KeyList } from "./key-list.ts";

/** The keys of a process: those that wrap payload keys, and those that encrypt names and hash personal numbers. */
export type Keyring = { readonly payload: KeyList; readonly index: KeyList };

let held: Keyring | undefined;

/** Sets this process's keys, once, before it stores or reads messages. */
export function holdKeyring(keyring: Keyring): void {
  held = keyring;
}

/** The keys of this process; throws when none were set. */
export function heldKeyring(): Keyring {
  if (!held)
    throw new Error("This process has no PAYLOAD_KEY and INDEX_KEY: it can neither store nor read messages.");
  return held;
}
