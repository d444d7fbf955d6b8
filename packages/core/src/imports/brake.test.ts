import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { makeSorId } from "../identifiers/index.ts";
import { aSorFile, piecesOf, testDatabase } from "../testing/index.ts";
import { importSor } from "./index.ts";

const unit = (at: number) => ({ sorId: makeSorId(6000 + at), name: `Afsnit ${at}` });
const fileOf = (count: number) =>
  aSorFile([
    {
      sorId: makeSorId(5001),
      institutions: [{ sorId: makeSorId(5002), units: Array.from({ length: count }, (_, at) => unit(at)) }],
    },
  ]);

test("a full file that ends much is held until its number is typed, and can be tried first", async () => {
  const db = await testDatabase();
  const ctx = createContext(db, { kind: "system", job: "import-sor" }, new Date("2026-06-01T10:00:00Z"));
  const run = (count: number, braking: { endings?: number; isDryRun?: true } = {}) => {
    const bytes = piecesOf(Buffer.from(fileOf(count)));
    return importSor(ctx, { bytes, isFull: true, onProgress: () => undefined, ...braking });
  };
  const open = async () =>
    await db.$count(sql`organisation_versions where superseded_at is null and valid_to is null`);
  expect((await run(60, { isDryRun: true })).counts.units).toMatchObject({ created: 62 });
  expect(await open()).toBe(0);
  await run(60);
  expect(await open()).toBe(62);
  for (const endings of [undefined, 24]) {
    await expect(run(35, endings === undefined ? {} : { endings })).rejects.toMatchObject({
      code: "invalid",
      details: { fault: "endings-not-confirmed", endings: 25 },
    });
  }
  expect(await open()).toBe(62);
  expect((await run(35, { endings: 25 })).counts.units).toMatchObject({ closed: 25 });
  expect(await open()).toBe(37);
  // Ten of 37 are more than a quarter, and too few to be held.
  expect((await run(25)).counts.units).toMatchObject({ closed: 10 });
});
