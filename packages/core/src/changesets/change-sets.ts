import { and, asc, desc, eq, inArray, lt, or, sql } from "drizzle-orm";
import { type Context, changeAll } from "../context.ts";
import { newId, type ReadDatabase, type Transaction, waitForLock } from "../database/index.ts";
import { Command, commandsMax, reserveSorIds, subjectOf } from "../editing/index.ts";
import { DomainError } from "../errors.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { resolveCommands } from "./read-commands.ts";
import { ChangeSetCursor, ChangeSetQuestion, type NewChangeSet } from "./schemas.ts";
import { newestEntries, requireSeen, type Seen } from "./seen.ts";
import { changeSetDecisions, changeSetItems, changeSetRemarks, changeSets } from "./tables.ts";
import { visibleTo } from "./visible-to.ts";

type ChangeSetRow = typeof changeSets.$inferSelect;
export type ChangeSetItem = {
  position: number;
  command: Command;
  seenSequence: number;
  addedBy: string;
  addedAt: Date;
};
export type ChangeSetDecision = Omit<typeof changeSetDecisions.$inferSelect, "changeSetId">;

/** A change set with its commands and the decisions taken on it. */
export type ChangeSet = ChangeSetRow & {
  items: ChangeSetItem[];
  decisions: ChangeSetDecision[];
  remarks: ChangeSetRemark[];
};
export type ChangeSetRemark = Omit<typeof changeSetRemarks.$inferSelect, "changeSetId">;

/** A change set in a list. */
export type ChangeSetSummary = ChangeSetRow & { itemCount: number };

const noSuchSet = () => new DomainError("not-found", "no-such-change-set");

type Held = Pick<ChangeSetRow, "ownerId"> & Partial<Pick<ChangeSetRow, "editorIds">>;

/** The account that works on a set now: who took it up last, else its maker. */
export const holderOf = ({ ownerId, editorIds }: Held): string => editorIds?.at(-1) ?? ownerId;

/** The subject of a permission: what only the account that works on the set may do. */
export const setSubject = (set: Held & { id: string }) =>
  ({ type: "change-set", id: set.id, ownerId: holderOf(set) }) as const;

/** The account that acts, as the maker of a set. */
export function ownerOf(ctx: Context): { ownerId: string; ownerName: string; supplierId: string | null } {
  const { actor } = ctx;
  if (actor.kind === "user" || actor.kind === "key") {
    return { ownerId: actor.id, ownerName: actor.name, supplierId: actor.supplierId };
  }
  return {
    ownerId: actor.kind === "system" ? actor.job : "anonymous",
    ownerName: actor.kind,
    supplierId: null,
  };
}

const editable = ["draft", "submitted", "approved", "declined"] as const;

/** Most sets of one account that are neither applied nor withdrawn: drafts are kept until then. */
const openMax = 200;

/** Throws `too-many` when the account has as many open sets as it may. */
export async function requireRoom(tx: Transaction, ownerId: string): Promise<void> {
  await waitForLock(tx, "change-sets", ownerId);
  const open = await tx.$count(
    changeSets,
    and(eq(changeSets.ownerId, ownerId), inArray(changeSets.state, [...editable])),
  );
  if (open >= openMax) throw new DomainError("too-many", "too-many-change-sets", { openMax });
}

/** Drafts an empty change set. For everybody who may edit something; `too-many` for one who has too many open. */
export async function createChangeSet(
  ctx: Context,
  input: NewChangeSet & { id?: string; revertsId?: string },
): Promise<ChangeSet> {
  const id = input.id ?? newId();
  const owner = ownerOf(ctx);
  return await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    requireMay("change-set.edit", { type: "change-set", id, ownerId: owner.ownerId });
    const { title, comment, revertsId } = input;
    await requireRoom(tx, owner.ownerId);
    const stamps = { createdAt: ctx.now, updatedAt: ctx.now };
    const [row] = await tx
      .insert(changeSets)
      .values({ id, title, comment, state: "draft", ...owner, ...stamps, ...(revertsId && { revertsId }) })
      .returning();
    if (!row) throw noSuchSet();
    return {
      result: { ...row, items: [], decisions: [], remarks: [] },
      entries: [setEntry(row, null, "draft")],
    };
  });
}

/** The journal entry of a step of a set. */
export const setEntry = (
  row: { id: string; title: string },
  from: string | null,
  to: string,
  more: Readonly<Record<string, unknown>> = {},
) =>
  ({
    action: "change-set.edit",
    subjectType: "change-set",
    subjectId: row.id,
    changeSetId: row.id,
    ...(from !== null && { before: { state: from } }),
    after: { state: to, title: row.title, ...more },
  }) as const;

/** The number of a set's commands, as a column. */
export const itemCount = sql<number>`(select count(*)::int from change_set_items i where i.change_set_id = ${changeSets.id})`;

/** A page of the change sets that the actor may see, the last changed first. */
export async function listChangeSets(
  ctx: Context,
  input: ChangeSetQuestion,
): Promise<Page<ChangeSetSummary>> {
  const { state, limit, after } = ChangeSetQuestion.parse(input);
  const last = after === undefined ? undefined : decodeCursor(ChangeSetCursor, after);
  const beyond =
    last &&
    or(
      lt(changeSets.updatedAt, new Date(last[0])),
      and(eq(changeSets.updatedAt, new Date(last[0])), lt(changeSets.id, last[1])),
    );
  const rows = await ctx.db
    .select({ set: changeSets, itemCount })
    .from(changeSets)
    .where(and(visibleTo(ctx), state && eq(changeSets.state, state), beyond))
    .orderBy(desc(changeSets.updatedAt), desc(changeSets.id))
    .limit(limit + 1);
  return toPage(
    rows.map(({ set, itemCount: count }) => ({ ...set, itemCount: count })),
    limit,
    (set) => [set.updatedAt.toISOString(), set.id],
  );
}

/** A change set with its commands; throws `not-found`, also for one that the actor may not see. */
export async function getChangeSet(ctx: Context, { id }: { id: string }): Promise<ChangeSet> {
  return await loadChangeSet(ctx.db, ctx, id);
}

/** As `getChangeSet`, in a transaction; `for` locks the set until its end. */
export async function loadChangeSet(
  db: ReadDatabase,
  ctx: Context,
  id: string,
  lock?: "update",
): Promise<ChangeSet> {
  const found = db
    .select()
    .from(changeSets)
    .where(and(eq(changeSets.id, id), visibleTo(ctx)));
  const [row] = await (lock ? found.for(lock) : found);
  if (!row) throw noSuchSet();
  const items = await db
    .select()
    .from(changeSetItems)
    .where(eq(changeSetItems.changeSetId, id))
    .orderBy(asc(changeSetItems.position));
  const decisions = await db
    .select()
    .from(changeSetDecisions)
    .where(eq(changeSetDecisions.changeSetId, id))
    .orderBy(asc(changeSetDecisions.at));
  const remarks = await db
    .select()
    .from(changeSetRemarks)
    .where(eq(changeSetRemarks.changeSetId, id))
    .orderBy(asc(changeSetRemarks.at));
  return {
    ...row,
    items: items.map(({ position, command, seenSequence, addedBy, addedAt }) => ({
      position,
      command: Command.parse(command),
      seenSequence,
      addedBy,
      addedAt,
    })),
    decisions: decisions.map(({ changeSetId: _, ...decision }) => decision),
    remarks: remarks.map(({ changeSetId: _, ...remark }) => remark),
  };
}

/** Throws `conflict` (fault `etag`) when the set is not in the version that the actor saw. */
export function requireVersion(set: ChangeSetRow, version: number | undefined): void {
  if (version === undefined || version === set.version) return;
  throw new DomainError("conflict", "change-set-changed", { fault: "etag" });
}

/** Throws `conflict` (fault `state`) when the set is in another state than these. */
export function requireState({ state }: ChangeSetRow, states: readonly ChangeSetRow["state"][]): void {
  if (states.includes(state)) return;
  throw new DomainError("conflict", "change-set-state", { fault: "state", state });
}

/** A change of a set's commands; a submitted set becomes a draft again. */
export type SetEdit = { id: string; version?: number | undefined };

async function editSet(
  ctx: Context,
  { id, version }: SetEdit,
  write: (tx: Transaction, set: ChangeSet) => Promise<Readonly<Record<string, unknown>> | undefined>,
): Promise<ChangeSet> {
  await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const set = await loadChangeSet(tx, ctx, id, "update");
    requireMay("change-set.edit", setSubject(set));
    requireVersion(set, version);
    requireState(set, editable);
    const more = await write(tx, set);
    await tx
      .update(changeSets)
      .set({ state: "draft", version: set.version + 1, updatedAt: ctx.now, submittedHash: null })
      .where(eq(changeSets.id, id));
    return { result: undefined, entries: [setEntry(set, set.state, "draft", more)] };
  });
  return await getChangeSet(ctx, { id });
}

/**
 * Adds commands at the end. A SOR id `new:NAME` stands for a unit that one of these commands creates (`sorId: "new:NAME"`) and
 * gets a number now. `invalid` (details: `at`, `field`) for a command that is not well-formed, `too-large` for too many, `conflict`
 * (fault `etag`) when what is in `seen` has changed.
 */
export async function addCommands(
  ctx: Context,
  input: SetEdit & { commands: readonly unknown[]; seen?: Seen | undefined },
): Promise<ChangeSet> {
  return await editSet(ctx, input, async (tx, set) => {
    if (set.items.length + input.commands.length > commandsMax) {
      throw new DomainError("too-large", "change-set-full", { commandsMax });
    }
    const commands = await resolveCommands(input.commands, (count) => reserveSorIds(tx, count));
    const seen = await newestEntries(tx, commands.map(subjectOf));
    // After the newest entries: a change between the two is refused here, a later one when the set is submitted.
    await requireSeen(tx, input.seen);
    await insertItems(tx, ctx, set, { commands, seen });
    return undefined;
  });
}

/** Inserts commands after the last one; `seen` gives the newest journal entry that the author knows, by `type id`. */
export async function insertItems(
  tx: Transaction,
  ctx: Context,
  set: ChangeSet,
  { commands, seen }: { commands: readonly Command[]; seen: ReadonlyMap<string, number> },
): Promise<void> {
  const start = (set.items.at(-1)?.position ?? 0) + 1;
  const rows = commands.map((command, index) => {
    const { type, id } = subjectOf(command);
    return {
      changeSetId: set.id,
      position: start + index,
      command,
      subjectType: type,
      subjectId: id,
      seenSequence: seen.get(`${type} ${id}`) ?? 0,
      addedAt: ctx.now,
      addedBy: ownerOf(ctx).ownerId,
    };
  });
  for (let from = 0; from < rows.length; from += 500) {
    await tx.insert(changeSetItems).values(rows.slice(from, from + 500));
  }
}

/** Removes one command. `not-found` when there is none at that position. */
export async function removeCommand(ctx: Context, input: SetEdit & { position: number }): Promise<ChangeSet> {
  return await editSet(ctx, input, async (tx, set) => {
    const gone = await tx
      .delete(changeSetItems)
      .where(and(eq(changeSetItems.changeSetId, set.id), eq(changeSetItems.position, input.position)))
      .returning();
    if (gone.length === 0) throw new DomainError("not-found", "no-such-command");
    // Kept in the journal: a reviewer is shown what went since they looked.
    return { removed: gone[0]?.command };
  });
}

/** Keeps a command although its subject was changed since: what stands now counts as seen. */
export async function keepCommand(ctx: Context, input: SetEdit & { position: number }): Promise<ChangeSet> {
  return await editSet(ctx, input, async (tx, set) => {
    const item = set.items.find((each) => each.position === input.position);
    if (!item) throw new DomainError("not-found", "no-such-command");
    const { type, id } = subjectOf(item.command);
    const seen = (await newestEntries(tx, [{ type, id }])).get(`${type} ${id}`) ?? 0;
    await tx
      .update(changeSetItems)
      .set({ seenSequence: seen })
      .where(and(eq(changeSetItems.changeSetId, set.id), eq(changeSetItems.position, input.position)));
    return undefined;
  });
}
