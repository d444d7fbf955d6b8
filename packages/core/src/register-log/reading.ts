import { type Context, inSnapshot } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { currentPosition } from "../journal/index.ts";

/** Several reads of one state of the register: as of one sequence, and of one instant for what changes with the days. */
export type Reading = { readonly db: Transaction; readonly now: Date; readonly sequence: number };

/** Reads the register as it is after one sequence. */
export async function readRegister<T>(ctx: Context, read: (reading: Reading) => Promise<T>): Promise<T> {
  return await inSnapshot(ctx, async (db) => {
    const { sequence } = await currentPosition(db);
    return await read({ db, now: ctx.now, sequence });
  });
}
