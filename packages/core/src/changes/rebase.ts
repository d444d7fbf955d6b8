import { type Context, change } from "../context.ts";
import { askForSnapshot } from "../snapshots/index.ts";
import type { RebaseReason } from "./schemas.ts";

/**
 * Tells all followers that data changed outside the journal, so that they load a snapshot, and asks for one. The routing tables
 * of the gateways load everything anew. Returns the number of the entry.
 */
export async function recordRebase(ctx: Context, { reason }: { reason: RebaseReason }): Promise<number> {
  const subject = { type: "register", id: "rebase" } as const;
  const sequence = await change<number>(ctx, { action: "register.import", subject }, async () => ({
    result: 0,
    entries: [{ subjectType: "register", subjectId: "rebase", after: { reason } }],
    numbered: (number) => number,
  }));
  await askForSnapshot(ctx);
  return sequence;
}
