import { eq, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { hideAgain } from "../vault/index.ts";
import { alertSubscriptions } from "./tables.ts";

const sealAgain = (sealed: string) => hideAgain(sealed) ?? sealed;

/**
 * Encrypts the signing secrets of alert receivers with the newest INDEX_KEY, including those stored in plain text by earlier
 * versions, each receiver in a transaction of its own. Returns for how many receivers that was needed.
 */
export async function sealAlertSecrets(ctx: Context): Promise<number> {
  const rows = await ctx.db
    .select({ id: alertSubscriptions.id, signingSecrets: alertSubscriptions.signingSecrets })
    .from(alertSubscriptions)
    .where(sql`${alertSubscriptions.signingSecrets} <> '{}'`);
  const due = rows.filter(({ signingSecrets }) =>
    signingSecrets.some((sealed) => hideAgain(sealed) !== undefined),
  );
  for (const { id } of due) {
    await work(ctx, async (tx) => {
      const isThis = eq(alertSubscriptions.id, id);
      const [row] = await tx.select().from(alertSubscriptions).where(isThis).for("update");
      const signingSecrets = row?.signingSecrets.map(sealAgain);
      if (signingSecrets) await tx.update(alertSubscriptions).set({ signingSecrets }).where(isThis);
    });
  }
  return due.length;
}
