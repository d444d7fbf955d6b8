import { expect, test } from "vitest";
import { createContext, inSnapshot } from "../context.ts";
import type { Database } from "../database/index.ts";
import { datasets, readSource } from "../datasets/index.ts";
import { inventCountry, loadCountry } from "../demo/index.ts";
import { makeSorId } from "../identifiers/index.ts";
import { anOrganisation, piecesOf, testDatabase } from "../testing/index.ts";
import { importSor } from "./index.ts";

const now = new Date("2026-03-02T00:00:00Z");
const day = "2026-03-02";
const contextOf = (db: Database) => createContext(db, { kind: "system", job: "test" }, now);

/** The register of a database as SOR XML version 1. */
async function exported(db: Database): Promise<{ text: string; leftOut: number }> {
  const writer = datasets.units
    .find(({ name }) => name === "sor-xml-v1")
    ?.writer({ sequence: 1, position: "1", day, madeAt: now });
  if (!writer) throw new Error("no such dataset");
  let text = writer.begin();
  await inSnapshot(contextOf(db), async (tx) => {
    for await (const lines of readSource.units(tx, day)) text += lines.map(writer.add).join("");
  });
  text += writer.end();
  return { text, leftOut: writer.counts().leftOut };
}

test("SOR XML version 1 that is written, imported into an empty register and written again is the same bytes", async () => {
  const [from, to] = [await testDatabase(), await testDatabase()];
  await loadCountry(contextOf(from), inventCountry(150, 1, now));
  const names = [`Klinik <&"'> ; 😀`, "æøå ÆØÅ é ß € –", "x".repeat(60), "linje\\nskift ]]> --"];
  for (const [at, name] of names.entries()) {
    await anOrganisation(from, { sorId: makeSorId(52_000 + at), name, typeCode: "550891000005100" });
  }
  const first = await exported(from);
  expect(first.leftOut).toBe(0);
  const bytes = piecesOf(Buffer.from(first.text), 10_000);
  const report = await importSor(contextOf(to), { bytes, isFull: true, onProgress: () => undefined });
  expect(report.counts["units"]?.created).toBeGreaterThan(150);
  const second = await exported(to);
  const lines = second.text.split("\n");
  expect(first.text.split("\n").filter((line, at) => line !== lines[at])).toEqual([]);
  expect(second.text === first.text).toBe(true);
});
