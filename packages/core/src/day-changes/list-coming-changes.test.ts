import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { newId } from "../database/index.ts";
import { LocationFields } from "../endpoints/index.ts";
import { Gln } from "../identifiers/index.ts";
import { registrations } from "../message-types/tables.ts";
import { applySet, editorsOfRegister, newGln, registerLocation, unitToCreate } from "../testing/index.ts";
import { listComingChanges } from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
let ward: string;
const gln = Gln.parse(newGln());

beforeAll(async () => {
  world = await editorsOfRegister();
  const { db, system, house } = world;
  const wards = await applySet(system, [
    unitToCreate(house, { level: "unit", attributes: { parentSorId: house, name: "Afsnit 1" } }),
  ]);
  ward = wards[0] ?? "";
  const change = (validFrom: string, name: string) => ({
    kind: "unit.change",
    sorId: ward,
    validFrom,
    attributes: { name },
  });
  await applySet(world.region(), [change("2026-07-01", "Afsnit A")]);
  await applySet(world.region(), [
    { kind: "unit.close", sorId: ward, validTo: "2026-08-01", closing: "ended" },
  ]);
  await registerLocation(system, {
    gln,
    validFrom: "2026-06-15",
    validTo: null,
    fields: LocationFields.parse({}),
  });
  await db.execute(sql`update organisation_versions set gln = ${gln} where sor_id = ${ward}`);
  const fact = { gln, version: "D9134L", format: "EDIFACT", recordedAt: system.now } as const;
  await db.insert(registrations).values([
    {
      ...fact,
      id: newId(),
      messageType: "DIS91",
      direction: "receive",
      validFrom: new Date("2026-06-30T22:00:00Z"),
    },
    {
      ...fact,
      id: newId(),
      messageType: "DIS01",
      direction: "send",
      validFrom: new Date("2026-06-20T22:00:00Z"),
      validTo: new Date("2026-06-30T22:00:00Z"),
    },
    {
      ...fact,
      id: newId(),
      messageType: "REF01",
      direction: "send",
      validFrom: new Date("2026-06-30T22:00:00Z"),
    },
  ]);
});

const seen = async (ctx = world.system, question: object = {}) =>
  (await listComingChanges(ctx, { subtreeOf: world.owner, ...question })).items.map(
    ({ day, kind, subject, id }) => [day, kind, subject, id],
  );

test("what begins, changes and ends stands by its day", async () => {
  expect(await seen()).toEqual([
    ["2026-06-15", "begins", "location", gln],
    ["2026-06-21", "begins", "registrations", gln],
    ["2026-07-01", "changes", "registrations", gln],
    ["2026-07-01", "changes", "unit", ward],
    ["2026-08-01", "ends", "unit", ward],
  ]);
  expect(await seen(world.system, { kind: "ends" })).toEqual([["2026-08-01", "ends", "unit", ward]]);
  expect(await seen(world.system, { subject: "location" })).toHaveLength(1);
});

test("types say whether they are received or sent, and which begin and end", async () => {
  const { items } = await listComingChanges(world.system, { subtreeOf: ward, subject: "registrations" });
  const none = { receive: [], send: [] };
  expect(items.map(({ begins, ends }) => [begins, ends])).toEqual([
    [{ ...none, send: ["DIS01"] }, none],
    [
      { receive: ["DIS91"], send: ["REF01"] },
      { ...none, send: ["DIS01"] },
    ],
  ]);
});

test("only the unit asked for and what is below it", async () => {
  expect(await seen(world.system, { subtreeOf: ward })).toHaveLength(5);
  expect(await seen(world.system, { subtreeOf: world.otherOwner })).toEqual([]);
});

test("the author and the set are for those who may see the set", async () => {
  const byOf = async (ctx = world.system) =>
    (await listComingChanges(ctx, { subtreeOf: ward, subject: "unit" })).items.map(({ by }) => by?.author);
  expect(await byOf(world.region())).toEqual(["region", "region"]);
  const visitor = createContext(world.db, { kind: "anonymous" }, world.system.now);
  expect(await byOf(visitor)).toEqual([undefined, undefined]);
});

test("pages have no gaps or repetitions", async () => {
  const first = await listComingChanges(world.system, { subtreeOf: ward, limit: 2 });
  const rest = await listComingChanges(world.system, {
    subtreeOf: ward,
    limit: 3,
    after: first.next ?? undefined,
  });
  expect([...first.items, ...rest.items].map(({ day }) => day)).toEqual([
    "2026-06-15",
    "2026-06-21",
    "2026-07-01",
    "2026-07-01",
    "2026-08-01",
  ]);
  expect(rest.next).toBeNull();
});
