import { and, eq, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { seenReferences } from "../messages/tables.ts";
import type { ReceiptContent } from "./read-receipts.ts";

/** The messages that carried what a receipt names. */
export async function findCarried(
  db: ReadDatabase,
  { form, sender, receiver, reference, messageReference }: ReceiptContent["original"],
): Promise<string[]> {
  const rows = await db
    .select({ messageId: seenReferences.messageId })
    .from(seenReferences)
    .where(
      and(
        eq(seenReferences.sender, sender),
        eq(seenReferences.receiver, receiver),
        eq(seenReferences.reference, reference ?? messageReference ?? ""),
        eq(seenReferences.kind, "carried"),
        sql`starts_with(${seenReferences.scope}, ${`${form} `})`,
      ),
    );
  return rows.flatMap(({ messageId }) => (messageId ? [messageId] : []));
}
