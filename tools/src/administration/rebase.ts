import { RebaseReason, recordRebase } from "@sor/core/changes";
import type { Config } from "../system/config.ts";
import { withDatabase } from "./storage.ts";

/** The reason that a word such as `--reason=restore` gives; undefined for others. */
export function reasonOf(word: string): RebaseReason | undefined {
  const [flag, reason] = word.split("=");
  return flag === "--reason" ? RebaseReason.safeParse(reason).data : undefined;
}

/** Tells all followers of the register to begin again from a snapshot, and asks for one. */
export async function rebase(config: Config, reason: RebaseReason): Promise<void> {
  await withDatabase(config, "rebase", async (context) => {
    const sequence = await recordRebase(context(), { reason });
    console.log(`Told as number ${sequence}: followers begin again from a snapshot.`);
    console.log("A snapshot is asked for; a running gateway makes it within minutes.");
  });
}
