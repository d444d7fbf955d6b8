import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { acceptInterchange } from "./accept-interchange.ts";
import { deliveries, endpointQueues } from "./tables.ts";
import { takeDeliveries } from "./take-deliveries.ts";

const now = new Date("2026-03-01T10:00:00Z");
const [sender, receiver] = ["5790000120420", "5790000128686"];
let db: Database;
const system = () => createContext(db, { kind: "system", job: "test" }, now);

beforeEach(async () => {
  db = await testDatabase();
  const { supplierId, key } = await aVendor(db);
  await aLocation(db, { gln: sender, supplierId });
  await aLocation(db, { gln: receiver, supplierId });
  const endpoint = await anEndpoint(db, { supplierId, address: "https://edi.example.dk/in" });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
  for (let letter = 0; letter < 30; letter += 1) {
    const reference = `L${letter}`;
    const bytes = anInterchange({ sender, receiver, reference, letters: [{ reference }] });
    await acceptInterchange(createContext(db, key, now), { bytes, gatewayParty: "SORGATEWAY" });
  }
});

// Whoever comes a moment after another has handed out its work must see it, whenever it began to look.
test.each([
  ["more than may be under way at once", 0, 3],
  ["more than one probe to an endpoint under suspicion", 5, 1],
])("many workers that look at the same time never take %s", async (_, failuresInRow, most) => {
  await db.update(endpointQueues).set({ failuresInRow });
  const question = { limit: 10, leaseSeconds: 60, perEndpoint: 3, worker: "w" };
  for (let round = 0; round < 40; round += 1) {
    await db.update(deliveries).set({ leaseToken: null, leaseUntil: null });
    const look = async () => {
      let taken = 0;
      for (let times = 0; times < 4; times += 1) {
        taken += (await takeDeliveries(system(), question)).length;
      }
      return taken;
    };
    const all = await Promise.all(Array.from({ length: 6 }, look));
    expect(all.reduce((sum, taken) => sum + taken, 0)).toBe(most);
  }
  expect((await db.execute(sql`select from deliveries where lease_until is not null`)).rows).toHaveLength(
    most,
  );
});
