import { sql } from "drizzle-orm";
import { addCommands, applyChangeSet, createChangeSet, submitChangeSet } from "../changesets/index.ts";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import type { Actor } from "../permissions/index.ts";
import { testDatabase } from "./test-database.ts";

/** The instant at which the editors of `editorsOfRegister` work, and its day in Denmark. */
export const editingNow = new Date("2026-06-01T10:00:00Z");
export const editingToday = "2026-06-01";

let serial = 0;

/** A unit to create below a parent, from 2020 on: an owner without one, else an institution. */
export const unitToCreate = (parentSorId: string | null, more: object = {}) => ({
  kind: "unit.create",
  level: parentSorId === null ? "owner" : "institution",
  validFrom: "2020-01-01",
  attributes: { parentSorId, name: `Enhed ${++serial}` },
  ...more,
});

/** A person who edits the whole register, or the part below a unit. */
function editor(name: string, sorId?: string): Actor {
  const scope = sorId === undefined ? ({ kind: "all" } as const) : ({ kind: "subtree", sorId } as const);
  const role = sorId === undefined ? "authority" : "region";
  const number = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e9;
  return {
    kind: "user",
    id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    name,
    supplierId: null,
    grants: [{ role, scope, validFrom: new Date(0), validTo: null }],
  };
}

/** Drafts a change set with these commands and gives its id. */
export async function draftSet(ctx: Context, commands: readonly unknown[]): Promise<string> {
  const set = await createChangeSet(ctx, { title: `Sæt ${++serial}`, comment: null });
  await addCommands(ctx, { id: set.id, commands });
  return set.id;
}

/** Drafts, submits and applies a set; gives the unit or location number of each command. */
export async function applySet(ctx: Context, commands: readonly unknown[]): Promise<string[]> {
  const set = await createChangeSet(ctx, { title: `Sæt ${++serial}`, comment: null });
  const { items } = await addCommands(ctx, { id: set.id, commands });
  await submitChangeSet(ctx, { id: set.id });
  await applyChangeSet(ctx, { id: set.id });
  return items.map(({ command }) => ("sorId" in command ? command.sorId : command.gln));
}

/**
 * A register with two owners, an institution below the first, and editors: regions of the first owner, persons of the authority,
 * and regions of the second. Only moves across owners and many endings need a second person.
 */
export async function editorsOfRegister(): Promise<{
  db: Database;
  owner: string;
  house: string;
  otherOwner: string;
  system: Context;
  region: (name?: string) => Context;
  authority: (name?: string, at?: Date) => Context;
  stranger: Context;
}> {
  const db = await testDatabase();
  const as = (actor: Actor, at = editingNow) => createContext(db, actor, at);
  const system = as({ kind: "system", job: "test" });
  await db.execute(sql`delete from approval_rules`);
  const [owner, house] = (await applySet(system, [
    unitToCreate(null, { sorId: "new:owner" }),
    unitToCreate("new:owner", { sorId: "new:house" }),
  ])) as [string, string];
  const [otherOwner] = (await applySet(system, [unitToCreate(null)])) as [string];
  await db.execute(sql`insert into approval_rules (id, kind) values
    (gen_random_uuid(), 'move-across-owners'), (gen_random_uuid(), 'many-endings')`);
  return {
    db,
    owner,
    house,
    otherOwner,
    system,
    region: (name = "region") => as(editor(name, owner)),
    authority: (name = "authority", at = editingNow) => as(editor(name), at),
    stranger: as(editor("stranger", otherOwner)),
  };
}
