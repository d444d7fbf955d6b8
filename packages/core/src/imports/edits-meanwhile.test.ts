import { eq, isNull } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { listLocationVersions } from "../endpoints/index.ts";
import { locations, locationVersions } from "../endpoints/tables.ts";
import { completeGln, makeSorId } from "../identifiers/index.ts";
import { aSorFile, piecesOf, testDatabase, untilLockWaits } from "../testing/index.ts";
import { importSor } from "./index.ts";

const gln = completeGln("579000500000");
const start = new Date("2026-06-01T10:00:00Z");
const [owner, house, unit] = [1, 2, 3].map((n) => makeSorId(5000 + n)) as [string, string, string];
const units = [{ sorId: unit, gln, updated: "2026-04-01" }];
const file = aSorFile([{ sorId: owner, institutions: [{ sorId: house, units }] }]);
let db: Database;
const run = (seconds: number) =>
  importSor(
    createContext(db, { kind: "system", job: "import-sor" }, new Date(start.getTime() + seconds * 1000)),
    { bytes: piecesOf(Buffer.from(file)), isFull: false, onProgress: () => undefined },
  );
const line = async () =>
  (await listLocationVersions(db, gln)).map(({ validFrom, validTo, note, regionCode }) => [
    ...[validFrom, validTo],
    ...[note, regionCode],
  ]);

beforeEach(async () => {
  db = await testDatabase();
});

test("a concurrent edit of a location number is included in the comparison with a file", async () => {
  await run(0);
  await db.update(locationVersions).set({ regionCode: "1081" });
  const importing = await db.transaction(async (tx) => {
    // Like `updateLocation`: under the lock of the location number.
    await tx.select().from(locations).where(eq(locations.gln, gln)).for("no key update");
    const [held] = await tx.select().from(locationVersions).where(isNull(locationVersions.supersededAt));
    if (!held) throw new Error("the location number is not registered");
    await tx.update(locationVersions).set({ supersededAt: start });
    await tx.insert(locationVersions).values({ ...held, id: newId(), note: "ring først", recordedAt: start });
    const done = run(60);
    await untilLockWaits(db, 1);
    return { done };
  });
  expect((await importing.done).counts).toMatchObject({ locations: { changed: 1 } });
  expect(await line()).toEqual([
    ["2020-01-01", "2026-04-01", "ring først", "1081"],
    ["2026-04-01", null, null, "1082"],
  ]);
});

test("a location number registered during its import has one timeline", async () => {
  const importing = await db.transaction(async (tx) => {
    await tx.insert(locations).values({ gln });
    const own = { id: newId(), gln, validFrom: "2025-01-01", recordedAt: start, regionCode: "1081" };
    await tx.insert(locationVersions).values({ ...own, onlyInternal: false, nonActive: false });
    const done = run(60);
    await untilLockWaits(db, 1);
    return { done };
  });
  await importing.done;
  expect(await line()).toEqual([
    ["2020-01-01", "2025-01-01", null, "1082"],
    ["2025-01-01", "2026-04-01", null, "1081"],
    ["2026-04-01", null, null, "1082"],
  ]);
});
