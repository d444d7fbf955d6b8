import { eq, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { hideAgain } from "../vault/index.ts";
import type { KeptSecret } from "./signing-secrets.ts";
import { endpoints } from "./tables.ts";

const sealAgain = (kept: KeptSecret): KeptSecret => ({
  ...kept,
  sealed: hideAgain(kept.sealed) ?? kept.sealed,
});

/**
 * Seals the endpoints' signing secrets under the newest INDEX_KEY, including unsealed ones from before, in one transaction per
 * endpoint. Returns the number of endpoints changed.
 */
export async function sealSigningSecrets(ctx: Context): Promise<number> {
  const rows = await ctx.db
    .select({ id: endpoints.id, secrets: endpoints.secrets })
    .from(endpoints)
    .where(sql`${endpoints.secrets} <> '[]'`);
  const due = rows.filter(({ secrets }) => secrets.some(({ sealed }) => hideAgain(sealed) !== undefined));
  for (const { id } of due) {
    await work(ctx, async (tx) => {
      const isThis = eq(endpoints.id, id);
      const [row] = await tx.select().from(endpoints).where(isThis).for("update");
      if (row)
        await tx
          .update(endpoints)
          .set({ secrets: row.secrets.map(sealAgain) })
          .where(isThis);
    });
  }
  return due.length;
}
