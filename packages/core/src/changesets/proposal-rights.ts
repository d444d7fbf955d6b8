import { eq, sql } from "drizzle-orm";
import { putAccountMail, putAddressMail } from "../access/index.ts";
import type { Context, RequireMay } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { unitPathOf, unitPathOfGln } from "../organisations/index.ts";
import type { Subject as PermissionSubject } from "../permissions/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { proposals } from "./tables.ts";

type Subject = { type: "unit" | "location"; id: string };

/** The unit or the location number's units, with all ancestors, today: whose proposal it is. */
export async function pathOfSubject(db: ReadDatabase, { type, id }: Subject, now: Date): Promise<string[]> {
  const path = type === "unit" ? unitPathOf : unitPathOfGln;
  return await path(db, id, dayInDenmark(now));
}

/** Throws `not-allowed`, journalled, when the actor may not edit what the proposal is about. */
export async function requireProposalRight(
  tx: Transaction,
  ctx: Context,
  requireMay: RequireMay,
  changeSetId: string,
): Promise<void> {
  const [proposal] = await tx.select().from(proposals).where(eq(proposals.changeSetId, changeSetId));
  if (!proposal) throw new DomainError("not-found", "no-such-proposal");
  requireMay(...(await questionOf(tx, proposal, ctx.now)));
}

/** Mails a person about a set; a key and a job have no mail. */
export async function mailPerson(
  tx: Transaction,
  ctx: Context,
  mail: Parameters<typeof putAccountMail>[1],
): Promise<void> {
  const found = await tx.execute(sql`select from users where id::text = ${mail.userId}`);
  if (found.rows.length > 0) await putAccountMail(tx, mail, ctx.now);
}

/** What must be permitted to answer a proposal. */
export async function questionOf(
  db: ReadDatabase,
  { subjectType: type, subjectId: id }: Pick<typeof proposals.$inferSelect, "subjectType" | "subjectId">,
  now: Date,
): Promise<["unit.edit" | "location.edit", PermissionSubject]> {
  const unitPath = await pathOfSubject(db, { type, id }, now);
  const glns = type === "location" ? [id] : undefined;
  return [type === "unit" ? "unit.edit" : "location.edit", { type, id, unitPath, glns }];
}

type Set = { id: string; ownerId: string; title: string };
type Outcome = "followed" | "declined" | "withdrawn";

/** Notes how a set's proposal has ended, once, and tells its proposer by mail. Nothing happens for a set that is no proposal. */
export async function endProposal(
  tx: Transaction,
  ctx: Context,
  { id, ownerId, title }: Set,
  { outcome, answer = null }: { outcome: Outcome; answer?: string | null },
): Promise<void> {
  const [open] = await tx.select().from(proposals).where(eq(proposals.changeSetId, id)).for("update");
  if (!open || open.answeredAt !== null) return;
  await tx
    .update(proposals)
    .set({ outcome, answer, answeredAt: ctx.now })
    .where(eq(proposals.changeSetId, id));
  if (outcome === "withdrawn") return;
  const { address, isConfirmed, token, isPublic } = open;
  const details = { title, outcome };
  if (!isPublic) {
    await mailPerson(tx, ctx, {
      userId: ownerId,
      kind: "proposal-answered",
      details: { ...details, set: id },
    });
  } else if (address !== null && isConfirmed) {
    await putAddressMail(tx, { address, kind: "proposal-answered", details: { ...details, token } }, ctx.now);
  }
}
