import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { inventCountry, loadCountry } from "../demo/index.ts";
import { testDatabase } from "../testing/index.ts";
import { explainLookup } from "./explain-lookup.ts";
import { explainRoute } from "./explain-route.ts";
import { loadRoutingTable } from "./load-routing-table.ts";

const now = new Date("2026-06-15T12:00:00Z");

test("an explanation read from the database equals the one from the gateway's full table", async () => {
  const db = await testDatabase();
  const ctx = createContext(db, { kind: "system", job: "test" }, now);
  const country = inventCountry(200, 7, now);
  await loadCountry(ctx, country);
  const { table } = await loadRoutingTable(db);
  const glns = country.locations.slice(0, 60).map((location) => location.gln);
  const at = now.getTime() / 1000;
  const questions = [...glns, "5790000000005", "5790000000012"].flatMap((gln) => [
    { gln, messageType: "DIS91", at },
    { gln, messageType: "XREF01", version: "XR0130R", sender: glns[0], at },
    { gln, messageType: "NOTHING", at: at - 30 * 365 * 86_400 },
  ]);
  const reasons = new Set<string | null>();
  for (const question of questions) {
    const explained = await explainLookup(ctx, question);
    reasons.add(explained.reason);
    expect(explained).toEqual(explainRoute(table, question));
  }
  expect(reasons.size).toBeGreaterThan(2);
});
