import type { Transaction } from "../database/index.ts";
import { readPayload, storePayload } from "../messages/index.ts";

class Undo extends Error {}

/** Verifies that bytes put into mailboxes can be stored and read back unchanged; leaves nothing behind. */
export async function provePayloadStore(tx: Transaction, bytes: Buffer, now: Date): Promise<boolean> {
  let isSame = false;
  try {
    await tx.transaction(async (inner) => {
      const { sha256 } = await storePayload(inner, bytes, now);
      isSame = (await readPayload(inner, sha256)).equals(bytes);
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return isSame;
}
