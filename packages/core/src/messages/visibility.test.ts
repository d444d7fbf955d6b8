import { asc } from "drizzle-orm";
import { pgTable, text } from "drizzle-orm/pg-core";
import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import type { Actor, Grant, GrantScope, Role, Scope } from "../permissions/index.ts";
import { anOrganisation, testDatabase } from "../testing/index.ts";
import { findVisibility, visibleBranches, whereVisible } from "./visibility.ts";

const now = new Date("2026-03-01T10:00:00Z");
const [longAgo, nextWeek] = [new Date("2020-01-01T00:00:00Z"), new Date("2026-03-08T00:00:00Z")];
const [ours, theirs] = [newId(), newId()];
const [ours1, ours2] = ["5790000120420", "5790000128686"];
const [theirs1, theirs2] = ["5790000123117", "5790000121526"];

/** A table with only the two sides of a message: visibility depends on these columns alone. */
const rows = pgTable("messages_of_two_sides", {
  name: text().notNull(),
  sender: text().notNull(),
  receiver: text().notNull(),
  senderSupplierId: text("sender_supplier_id"),
  receiverSupplierId: text("receiver_supplier_id"),
});
const [all, none] = [["between-ours", "between-theirs", "from-1", "from-2", "to-1", "to-2", "unknown"], []];

let db: Database;
beforeAll(async () => {
  db = await testDatabase();
  await db.$client.query(`create table messages_of_two_sides (name text not null, sender text not null,
    receiver text not null, sender_supplier_id text, receiver_supplier_id text)`);
  const sides: [name: string, sender: string, receiver: string, from: string | null, to: string | null][] = [
    ["from-1", ours1, theirs1, ours, theirs],
    ["from-2", ours2, theirs2, ours, theirs],
    ["to-1", theirs1, ours1, theirs, ours],
    ["to-2", theirs2, ours2, theirs, ours],
    ["between-ours", ours1, ours2, ours, ours],
    ["between-theirs", theirs1, theirs2, theirs, theirs],
    ["unknown", "5790000120000", "5790000120017", null, null],
  ];
  for (const [name, sender, receiver, senderSupplierId, receiverSupplierId] of sides)
    await db.insert(rows).values({ name, sender, receiver, senderSupplierId, receiverSupplierId });
  await anOrganisation(db, { sorId: "1000" });
  await anOrganisation(db, { sorId: "1001", parentSorId: "1000", gln: ours1, level: "unit" });
});

const supplier = (supplierId: string): GrantScope => ({ kind: "supplier", supplierId });
const locations = (...glns: string[]): GrantScope => ({ kind: "locations", glns });
const subtree = (sorId: string): GrantScope => ({ kind: "subtree", sorId });
const everything: GrantScope = { kind: "all" };
type Given = readonly [role: Role, scope: GrantScope, period?: Partial<Pick<Grant, "validFrom" | "validTo">>];

const grantsOf = (given: readonly Given[]): Grant[] =>
  given.map(([role, scope, period]) => ({ role, scope, validFrom: longAgo, validTo: null, ...period }));
const user = (...given: Given[]): Actor => {
  return { kind: "user", id: newId(), name: "Ida", supplierId: ours, grants: grantsOf(given) };
};
const key = (limitedTo: string[] | null, scopes: Scope[], ...given: Given[]): Actor => {
  const [grants, name] = [grantsOf(given), "Nøgle"];
  return { kind: "key", id: newId(), name, supplierId: ours, scopes, grants, limitedTo };
};
const read: Scope[] = ["messages:read"];
const [editor, reader] = ["vendor-editor", "reader"] as const;

/** The names of the rows visible to the actor; asserts that the branches find the same rows. */
async function seenBy(actor: Actor): Promise<string[]> {
  const visibility = await findVisibility(createContext(db, actor, now));
  const named = db.select({ name: rows.name }).from(rows).orderBy(asc(rows.name));
  const whole = (await named.where(whereVisible(visibility, rows))).map(({ name }) => name);
  const branches = visibleBranches(visibility, rows) ?? [undefined];
  const parts = await Promise.all(
    branches.map((branch) => db.select({ name: rows.name }).from(rows).where(branch)),
  );
  expect([...new Set(parts.flat().map(({ name }) => name))].sort()).toEqual(whole);
  return whole;
}

describe("a message is visible to the actors of one of its sides", () => {
  const [side1, oursOnly] = [
    ["between-ours", "from-1", "to-1"],
    ["between-ours", "from-1", "from-2", "to-1", "to-2"],
  ];
  test.each<[string, Actor, string[]]>([
    ["a job of our own: everything", { kind: "system", job: "prune" }, all],
    ["a reader of everything", user([reader, everything]), all],
    [
      "a reader of everything who edits for a vendor",
      user([editor, supplier(ours)], [reader, everything]),
      all,
    ],
    ["a vendor's editor", user([editor, supplier(ours)]), oursOnly],
    ["a vendor's reader", user([reader, supplier(ours)]), oursOnly],
    [
      "an editor of two vendors",
      user([editor, supplier(ours)], [editor, supplier(theirs)]),
      all.slice(0, -1),
    ],
    ["a reader of one number", user([reader, locations(ours1)]), side1],
    ["a reader of no numbers", user([reader, locations()]), none],
    ["a reader of a unit and those below it", user([reader, subtree("1000")]), side1],
    ["a reader of another unit", user([reader, subtree("2000")]), none],
    [
      "of a vendor and of one number",
      user([editor, supplier(ours)], [reader, locations(theirs2)]),
      all.slice(0, -1),
    ],
    [
      "of a role that has ended only what the other role gives",
      user([reader, everything, { validTo: now }], [reader, locations(ours1)]),
      side1,
    ],
    [
      "of a role that begins next week only what the other role gives",
      user([reader, everything, { validFrom: nextWeek }], [reader, locations(ours1)]),
      side1,
    ],
    [
      "of a role that reads none only what the other gives",
      user(["authority", everything], [reader, locations(ours1)]),
      side1,
    ],
    ["a role that begins at this instant", user([reader, everything, { validFrom: now }]), all],
    ["a key of a vendor", key(null, read, [editor, supplier(ours)]), oursOnly],
    ["a key of everything", key(null, read, [reader, everything]), all],
    ["a key limited to one number", key([ours1], read, [editor, supplier(ours)]), side1],
    ["a key limited to both", key([ours1, ours2], read, [editor, supplier(ours)]), oursOnly],
    ["a key limited to no number", key([], read, [editor, supplier(ours)]), none],
    ["a key limited to another's number", key([theirs1], read, [editor, supplier(ours)]), none],
    ["a key of everything limited to one number", key([ours1], read, [reader, everything]), side1],
    ["a key of everything limited to none", key([], read, [reader, everything]), none],
    ["a key of two numbers limited to one", key([ours1], read, [reader, locations(ours1, ours2)]), side1],
    ["a key of one number limited to another", key([ours2], read, [reader, locations(ours1)]), none],
    ["a key of a unit limited to its number", key([ours1], read, [reader, subtree("1000")]), side1],
  ])("%s", async (_, actor, expected) => {
    expect(await seenBy(actor)).toEqual(expected);
  });
});

test.each<[string, Actor, string]>([
  ["nobody signed in", { kind: "anonymous" }, "not-signed-in"],
  ["a user without a role", user(), "not-allowed"],
  ["a role that reads no messages", user(["region", everything]), "not-allowed"],
  ["a role that has ended", user([reader, everything, { validTo: now }]), "not-allowed"],
  ["a role that begins next week", user([reader, everything, { validFrom: nextWeek }]), "not-allowed"],
  ["a key without the scope", key(null, ["interchanges:send"], [reader, everything]), "not-allowed"],
  ["a key whose role reads none", key(null, read, ["region", everything]), "not-allowed"],
  [
    "a key whose role has ended",
    key([ours1], read, [editor, supplier(ours), { validTo: now }]),
    "not-allowed",
  ],
])("%s gets an error, not an empty list", async (_, actor, code) => {
  await expect(seenBy(actor)).rejects.toMatchObject({ code });
});

test("visibility depends on the action", async () => {
  const ctx = createContext(db, key(null, ["alerts:read"], [reader, everything]), now);
  await expect(findVisibility(ctx)).rejects.toMatchObject({ code: "not-allowed" });
  expect(await findVisibility(ctx, "alert.read")).toEqual({ kind: "all" });
});
