import { and, eq, notInArray } from "drizzle-orm";
import {
  applyChangeSet,
  type ChangeSet,
  draftChangeSet,
  findChangeSet,
  getChangeSet,
  previewChangeSet,
  revertChangeSet,
  submitChangeSet,
  withdrawChangeSet,
} from "../changesets/index.ts";
import { changeSets } from "../changesets/tables.ts";
import { type Context, work } from "../context.ts";
import { getSupplier } from "../endpoints/index.ts";
import { DomainError } from "../errors.ts";
import { formatDanishDay } from "../validity/index.ts";
import { glnsOfSwitch } from "./load-switch.ts";
import { requireGiver } from "./require-giver.ts";
import type { SwitchRow, WaveRow } from "./sides.ts";
import { vendorSwitchWaves } from "./tables.ts";
import { waveCommands } from "./wave-commands.ts";

/**
 * Applies the change set of a wave, once however often it is tried; `waits` while a rule asks another person to approve it. Throws
 * as `requireGiver`, `submitChangeSet` and `applyChangeSet`.
 */
export async function applyWave(ctx: Context, row: SwitchRow, wave: WaveRow): Promise<"applied" | "waits"> {
  const id = wave.changeSetId;
  if (id === null || row.mapping === null || row.state !== "running") return "waits";
  const drafted = await findChangeSet(ctx, { id });
  if (drafted?.state !== "applied") {
    const glns = await glnsOfSwitch(ctx.db, row.id, wave.number);
    await requireGiver(ctx.db, row, { glns, day: wave.day }, ctx.now);
  }
  const set = drafted ?? (await draftSet(ctx, row, wave, id));
  return (await finish(ctx, set)) ? "applied" : "waits";
}

async function draftSet(ctx: Context, row: SwitchRow, wave: WaveRow, id: string): Promise<ChangeSet> {
  const { mapping, toSupplierId } = row;
  if (mapping === null) throw new Error("a switch that runs is mapped");
  const glns = await glnsOfSwitch(ctx.db, row.id, wave.number);
  const { name } = await getSupplier(ctx, { id: toSupplierId });
  const commands = waveCommands({ glns, day: wave.day, toSupplierId, mapping }, ctx.now);
  const title = `Leverandørskifte til ${name.slice(0, 60)} fra ${formatDanishDay(wave.day)}`;
  const raw = JSON.parse(JSON.stringify(commands)) as unknown[];
  return await draftChangeSet(ctx, { id, title, comment: null, commands: raw });
}

async function finish(ctx: Context, set: ChangeSet): Promise<boolean> {
  const { id } = set;
  if (set.state === "draft") {
    const { effects } = await previewChangeSet(ctx, { id });
    await submitChangeSet(ctx, { id, endings: effects.endings });
  }
  const { state } = await getChangeSet(ctx, { id });
  if (state === "submitted") return false;
  if (state === "approved") await applyOnce(ctx, id);
  return true;
}

// Where another process has applied it meanwhile, that is as good.
async function applyOnce(ctx: Context, id: string): Promise<void> {
  try {
    await applyChangeSet(ctx, { id });
  } catch (error) {
    if (!(error instanceof DomainError) || (await getChangeSet(ctx, { id })).state !== "applied") throw error;
  }
}

/**
 * Undoes the change set of a wave; one that somebody else has undone stays so. `waits` while a rule asks another person to approve
 * the undo. Throws as `revertChangeSet`, and when what the set left was changed since.
 */
export async function undoWave(ctx: Context, wave: WaveRow): Promise<"returned" | "waits"> {
  const id = wave.changeSetId;
  const set = id === null ? undefined : await findChangeSet(ctx, { id });
  if (!set || set.state === "reverted") return "returned";
  const undo = (await findUndo(ctx, set.id)) ?? (await revertChangeSet(ctx, { id: set.id }));
  return (await finish(ctx, undo)) ? "returned" : "waits";
}

async function findUndo(ctx: Context, revertsId: string): Promise<ChangeSet | undefined> {
  const [found] = await ctx.db
    .select({ id: changeSets.id })
    .from(changeSets)
    .where(
      and(
        eq(changeSets.revertsId, revertsId),
        eq(changeSets.ownerId, "vendor-switches"),
        notInArray(changeSets.state, ["withdrawn", "declined"]),
      ),
    );
  return found && (await getChangeSet(ctx, found));
}

/** Withdraws the set that a wave could not apply, or its undo, so that it is drafted anew when it is tried again. */
export async function dropSet(ctx: Context, wave: WaveRow): Promise<void> {
  const id = wave.changeSetId;
  if (id === null) return;
  const open = wave.state === "returning" ? await findUndo(ctx, id) : await findChangeSet(ctx, { id });
  if (open && ["draft", "submitted", "approved", "declined"].includes(open.state)) {
    await withdrawChangeSet(ctx, { id: open.id });
  }
  if (wave.state === "returning") return;
  await work(ctx, async (tx) => {
    await tx.update(vendorSwitchWaves).set({ changeSetId: null }).where(eq(vendorSwitchWaves.id, wave.id));
  });
}
