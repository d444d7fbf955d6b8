import { type InterchangeEnvelope, normalPatientId, patientIdReader, readPatientIds } from "@sor/edi";
import { and, desc, eq, inArray, lt, or } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Content, MessageSummary } from "../messages/index.ts";
import { findVisibility, ListCursor, summaryOf, whereVisible } from "../messages/index.ts";
import { messages } from "../messages/tables.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import type { Subject } from "../permissions/index.ts";
import { hidePatientId, patientIdHashes } from "../vault/index.ts";
import { messagePatients } from "../vault/tables.ts";

/** The index rows of an interchange's patients: keyed hashes, never the numbers. */
export function patientRows(
  bytes: Uint8Array,
  envelope: InterchangeEnvelope,
  messageIdAt: (position: number) => string | undefined,
): (typeof messagePatients.$inferInsert)[] {
  return hashRows(readPatientIds(bytes, envelope), messageIdAt);
}

/** The same rows for content that may not be in memory. */
export async function patientRowsOf(
  content: Pick<Content, "parts">,
  envelope: InterchangeEnvelope,
  messageIdAt: (position: number) => string | undefined,
): Promise<(typeof messagePatients.$inferInsert)[]> {
  const reader = patientIdReader(envelope);
  // A part is valid until the next is requested, but the reader may keep the end of one: copy it.
  for await (const part of content.parts()) reader.push(new Uint8Array(part));
  return hashRows(reader.end(), messageIdAt);
}

function hashRows(
  lists: readonly (readonly string[])[],
  messageIdAt: (position: number) => string | undefined,
): (typeof messagePatients.$inferInsert)[] {
  return lists.flatMap((ids, position) => {
    const messageId = messageIdAt(position);
    return messageId ? ids.map((id) => ({ patientHash: hidePatientId(id), messageId })) : [];
  });
}

/** Stores those rows. */
export async function rememberPatients(
  tx: Transaction,
  rows: readonly (typeof messagePatients.$inferInsert)[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += 1000) {
    await tx
      .insert(messagePatients)
      .values(rows.slice(at, at + 1000))
      .onConflictDoNothing();
  }
}

export type PatientQuestion = {
  /** Civil registration or replacement number, with or without hyphen. */
  patientId: string;
  /** At most 1,000; default 50. */
  limit?: number | undefined;
  /** Cursor of the previous page. */
  after?: string | undefined;
};

/**
 * Messages of a patient that the actor may see, newest first. The search is journalled before anything is returned, with the
 * keyed hash of the number, never the number. Throws `invalid` for an impossible number.
 */
export async function findMessagesByPatient(
  ctx: Context,
  question: PatientQuestion,
): Promise<Page<MessageSummary>> {
  const { limit = 50, after } = question;
  const patientId = normalPatientId(question.patientId);
  if (!patientId) throw new DomainError("invalid", "not-a-patient-id", { fault: "patient-id" });
  const visible = whereVisible(await findVisibility(ctx), messages);
  await journalSearch(ctx, patientId);
  const cursor = after === undefined ? undefined : decodeCursor(ListCursor, after);
  const before = cursor && { at: new Date(cursor[0]), id: cursor[1] };
  const ofPatient = ctx.db
    .select({ id: messagePatients.messageId })
    .from(messagePatients)
    .where(inArray(messagePatients.patientHash, patientIdHashes(patientId)));
  const rows = await ctx.db
    .select()
    .from(messages)
    .where(
      and(
        inArray(messages.id, ofPatient),
        visible,
        before &&
          or(
            lt(messages.receivedAt, before.at),
            and(eq(messages.receivedAt, before.at), lt(messages.id, before.id)),
          ),
      ),
    )
    .orderBy(desc(messages.receivedAt), desc(messages.id))
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => [row.receivedAt.toISOString(), row.id]);
  return { ...page, items: page.items.map(summaryOf) };
}

async function journalSearch(ctx: Context, patientId: string): Promise<void> {
  const { actor } = ctx;
  const id = hidePatientId(patientId).toString("hex");
  const asked: Subject = { type: "message", id: "patient" };
  // Results are limited by visibility; the right to search is checked on the actor's own subject.
  const subject: Subject = {
    ...asked,
    supplierId: actor.kind === "key" || actor.kind === "user" ? (actor.supplierId ?? undefined) : undefined,
    glns: actor.kind === "key" ? (actor.limitedTo ?? undefined) : glnsGranted(ctx),
    unitPath: pathGranted(ctx),
  };
  await change(ctx, { action: "message.read", subject }, async () => ({
    result: undefined,
    entries: [{ subjectType: "patient", subjectId: id, after: { search: "messages" } }],
  }));
}

function glnsGranted({ actor }: Context): readonly string[] | undefined {
  if (actor.kind !== "user") return undefined;
  for (const { scope } of actor.grants) if (scope.kind === "locations") return scope.glns;
  return undefined;
}

function pathGranted({ actor }: Context): readonly string[] | undefined {
  if (actor.kind !== "user") return undefined;
  return actor.grants.flatMap(({ scope }) => (scope.kind === "subtree" ? [scope.sorId] : []));
}
