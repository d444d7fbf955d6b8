import { beforeAll, expect, test } from "vitest";
import { previewChangeSet } from "../changesets/index.ts";
import { type Context, createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { LocationFields } from "../endpoints/index.ts";
import { Gln } from "../identifiers/index.ts";
import { listJournal, verifyJournal } from "../journal/index.ts";
import { registrations } from "../message-types/tables.ts";
import {
  applySet,
  draftSet,
  editorsOfRegister,
  newGln,
  registerLocation,
  unitToCreate,
  updateLocation,
} from "../testing/index.ts";
import { noteDayChanges } from "./index.ts";

let db: Database;
let system: Context;
let ward: string;
const gln = Gln.parse(newGln());
const at = (instant: string) => createContext(db, { kind: "system", job: "test" }, new Date(instant));

beforeAll(async () => {
  const world = await editorsOfRegister();
  ({ db, system } = world);
  await noteDayChanges(at("2026-06-01T10:00:00Z"));
  const fields = LocationFields.parse({});
  await registerLocation(system, { gln, validFrom: "2026-01-01", validTo: null, fields });
  await updateLocation(system, { gln, validFrom: "2026-07-02", validTo: null, fields: { note: "Ny" } });
  [ward] = (await applySet(system, [
    unitToCreate(world.house, { level: "unit", validFrom: "2026-07-01" }),
  ])) as [string];
  const recordedAt = new Date("2026-06-01T10:00:00Z");
  const fact = {
    gln,
    messageType: "DIS91",
    version: "D9134L",
    format: "EDIFACT",
    direction: "send",
  } as const;
  await db.insert(registrations).values([
    { ...fact, id: newId(), recordedAt, validFrom: new Date("2026-07-01T08:00:00Z"), validTo: null },
    // Recorded after it began: its own entry says it.
    {
      ...fact,
      messageType: "REF01",
      id: newId(),
      recordedAt,
      validFrom: new Date("2026-06-01T09:00:00Z"),
      validTo: null,
    },
  ]);
});

async function catchUp(instant: string): Promise<number> {
  let total = 0;
  for (let isCaughtUp = false; !isCaughtUp; ) {
    const noted = await noteDayChanges(at(instant));
    total += noted.count;
    ({ isCaughtUp } = noted);
  }
  return total;
}
const turns = async () =>
  (await listJournal(db, { action: "validity.change", limit: 50 }))
    .toReversed()
    .map(({ subjectType, subjectId, after }) => [subjectType, subjectId, after]);

test("what begins to hold is journalled at its midnight in Denmark, once, by whichever process", async () => {
  const id = await draftSet(system, [
    { kind: "unit.change", sorId: ward, validFrom: "2026-08-01", attributes: { name: "Nyt navn" } },
  ]);
  expect(await catchUp("2026-06-30T21:59:59Z")).toBe(0);
  const midnight = "2026-06-30T22:00:00Z";
  const counts = await Promise.all([catchUp(midnight), catchUp(midnight), catchUp(midnight)]);
  expect(counts.toSorted()).toEqual([0, 0, 1]);
  expect(await turns()).toEqual([["unit", ward, { day: "2026-07-01", began: 1, ended: 0 }]]);
  // What a draft was based on is as its author saw it.
  expect((await previewChangeSet(system, { id })).problems).toEqual([]);
});

test("after a stop of days everything is caught up in order, registrations at their instant", async () => {
  expect(await catchUp("2026-07-05T12:00:00Z")).toBe(2);
  expect((await turns()).slice(1)).toEqual([
    ["location", gln, { until: "2026-07-01T22:00:00.000Z", registrations: true, began: 1, ended: 0 }],
    ["location", gln, { day: "2026-07-02", began: 1, ended: 1 }],
  ]);
  expect(await catchUp("2026-07-05T12:00:00Z")).toBe(0);
  expect(await verifyJournal(db)).toMatchObject({ intact: true });
});
