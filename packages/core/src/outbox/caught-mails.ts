import { desc, eq, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { hideText, showText } from "../vault/index.ts";
import { caughtMails } from "./tables.ts";

/** A mail as it would have been sent. */
export type CaughtMail = typeof caughtMails.$inferSelect;

const keptMost = 200;

/** Keeps a mail of a demo that has no mail server; the oldest make room. The same mail again is kept once. */
export async function catchMail(ctx: Context, mail: Omit<CaughtMail, "caughtAt">): Promise<void> {
  await work(ctx, async (tx) => {
    const hidden = { text: hideText(mail.text), html: mail.html === null ? null : hideText(mail.html) };
    await tx
      .insert(caughtMails)
      .values({ ...mail, ...hidden, caughtAt: ctx.now })
      .onConflictDoNothing();
    await tx.execute(sql`delete from ${caughtMails} where ${caughtMails.id} not in
      (select id from ${caughtMails} order by caught_at desc, id desc limit ${keptMost})`);
  });
}

const shown = (mail: CaughtMail): CaughtMail => ({
  ...mail,
  text: showText(mail.text),
  html: mail.html === null ? null : showText(mail.html),
});

/** The mail that was caught, newest first. */
export async function listCaughtMails(ctx: Context): Promise<CaughtMail[]> {
  const rows = await ctx.db
    .select()
    .from(caughtMails)
    .orderBy(desc(caughtMails.caughtAt), desc(caughtMails.id))
    .limit(keptMost);
  return rows.map(shown);
}

/** One caught mail; undefined when there is none. */
export async function findCaughtMail(ctx: Context, id: string): Promise<CaughtMail | undefined> {
  const [row] = await ctx.db.select().from(caughtMails).where(eq(caughtMails.id, id));
  return row && shown(row);
}
