import { eq, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { hideAgain } from "../vault/index.ts";
import { subscriptions } from "./tables.ts";

const sealAgain = (sealed: string) => hideAgain(sealed) ?? sealed;

/**
 * Encrypts the signing secrets of receivers with the newest INDEX_KEY, including those stored in plain text by earlier
 * versions, each receiver in a transaction of its own. Returns for how many receivers that was needed.
 */
export async function sealSubscriptionSecrets(ctx: Context): Promise<number> {
  const rows = await ctx.db
    .select({ id: subscriptions.id, signingSecrets: subscriptions.signingSecrets })
    .from(subscriptions)
    .where(sql`${subscriptions.signingSecrets} <> '{}'`);
  const due = rows.filter(({ signingSecrets }) =>
    signingSecrets.some((sealed) => hideAgain(sealed) !== undefined),
  );
  for (const { id } of due) {
    await work(ctx, async (tx) => {
      const isThis = eq(subscriptions.id, id);
      const [row] = await tx.select().from(subscriptions).where(isThis).for("update");
      const signingSecrets = row?.signingSecrets.map(sealAgain);
      if (signingSecrets) await tx.update(subscriptions).set({ signingSecrets }).where(isThis);
    });
  }
  return due.length;
}
