import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { completeGln, makeSorId } from "../identifiers/index.ts";
import { anOrganisation, testDatabase } from "../testing/index.ts";
import { nameGlns } from "./name-glns.ts";

test("a location number has the present name of its own highest unit; others are left out", async () => {
  const db = await testDatabase();
  const [shared, closed, none] = ["579000088001", "579000088002", "579000088003"].map(completeGln);
  const [owner, clinic, old] = [880001, 880002, 880003].map(makeSorId);
  if (!shared || !closed || !none || !owner || !clinic || !old) throw new Error("numbers");
  await anOrganisation(db, { sorId: owner, level: "owner", name: "Region Prøveland" });
  const institution = { level: "institution" as const, parentSorId: owner };
  await anOrganisation(db, { ...institution, sorId: clinic, name: "Klinikken", gln: shared });
  const unit = { level: "unit" as const, parentSorId: clinic };
  await anOrganisation(db, { ...unit, sorId: makeSorId(880000), name: "Afsnittet", gln: shared });
  await anOrganisation(db, { ...unit, sorId: old, name: "Nedlagt", gln: closed, validTo: "2024-01-01" });
  const ctx = createContext(db, { kind: "anonymous" }, new Date("2026-06-15T12:00:00Z"));
  const names = await nameGlns(ctx, { glns: [shared, closed, none, "ikke et nummer", shared] });
  expect([...names]).toEqual([[shared, "Klinikken"]]);
});
