import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { type DeliveryRow, type DeliveryState, deliveryStates } from "../messages/index.ts";
import { deliveries } from "../messages/tables.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  newGln,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { advanceDeliveries, partingDelivery } from "./advance-delivery.ts";
import { type DeliveryEvent, nextDeliveryState } from "./delivery-moves.ts";

const now = new Date("2026-03-01T10:00:00Z");
const later = new Date("2026-03-01T11:00:00Z");
const token = "0196f1f0-0000-4000-8000-00000000000c";
const given = { leaseToken: token, leaseUntil: later, leasedBy: "w" };
const free = { leaseToken: null, leaseUntil: null, leasedBy: null };

type After = DeliveryState | undefined;
type Row = readonly [waiting: After, held: After, done: After, dead: After, expired: After, cancelled: After];
const no = undefined;

/** By event: the state that follows each state; `no` where the event cannot happen. */
const table: Record<DeliveryEvent, Row> = {
  leased: ["waiting", no, no, no, no, no],
  "given-back": ["waiting", no, no, no, no, no],
  "attempt-failed": ["waiting", no, no, no, no, no],
  delivered: ["done", "done", "done", "done", "done", "done"],
  answered: ["done", "done", no, "done", no, no],
  refused: ["dead", no, no, no, no, no],
  "given-up": ["expired", "expired", no, "expired", no, no],
  held: ["held", "held", no, no, no, no],
  released: [no, "waiting", no, no, no, no],
  rerouted: ["waiting", "waiting", no, "waiting", no, no],
  "rerouted-to-paused": ["held", "held", no, "held", no, no],
  retried: [no, no, no, "waiting", no, no],
  "transport-changed": ["waiting", "held", no, no, no, no],
  cancelled: ["cancelled", "cancelled", no, no, no, no],
  reduced: ["waiting", "held", no, "dead", no, no],
};
const cases = (Object.entries(table) as [DeliveryEvent, Row][]).flatMap(([event, row]) =>
  deliveryStates.map((from, at) => [event, from, row[at]] as const),
);

let db: Database;
let id: string;

beforeAll(async () => {
  db = await testDatabase();
  const { key, supplierId } = await aVendor(db);
  const gln = newGln();
  await aLocation(db, { gln, supplierId });
  await receives(db, gln, await anEndpoint(db, { supplierId }), [["DIS91", "D9134L"]]);
  const bytes = anInterchange({ sender: gln, receiver: gln });
  await acceptInterchange(createContext(db, key, now), { bytes, gatewayParty: "SORGATEWAY" });
  id = (await db.select().from(deliveries))[0]?.id ?? "";
});

async function isNow(change: Partial<DeliveryRow>): Promise<DeliveryRow> {
  const [row] = await db.update(deliveries).set(change).where(eq(deliveries.id, id)).returning();
  if (!row) throw new Error("the delivery is gone");
  return row;
}
const current = async () => (await db.select().from(deliveries).where(eq(deliveries.id, id)))[0];
const changeOf = (event: DeliveryEvent) => {
  const set = { sizeBytes: 1 };
  return event === "leased" ? { event, set, lease: given } : { event, set };
};
const advanced = (event: DeliveryEvent) =>
  db.transaction((tx) => advanceDeliveries(tx, later, { ids: [id] }, changeOf(event)));

test.each(cases)("%s, when it is %s, makes it %s", (event, from, to) => {
  expect(nextDeliveryState(from, event)).toBe(to);
});

describe("whatever happens to a delivery, no lease is left standing", () => {
  const possible = cases.filter(([, , to]) => to !== undefined);
  test.each(possible)("%s, when it is %s and leased, makes it %s", async (event, from, to) => {
    await isNow({ state: from, doneAt: null, ...given });
    expect(await advanced(event)).toEqual([id]);
    const keeps = event === "leased" || event === "reduced";
    const isMoved = ["done", "dead", "expired", "cancelled"].includes(to ?? "") && event !== "reduced";
    expect(await current()).toMatchObject({
      state: to,
      doneAt: isMoved ? later : null,
      ...(keeps ? given : free),
    });
  });
});

test.each(cases.filter(([, , to]) => to === undefined))(
  "%s, when it is %s, is refused",
  async (event, from) => {
    const before = await isNow({ state: from, doneAt: null, ...given });
    await expect(advanced(event)).rejects.toThrow("cannot be");
    const which = { ids: [id], ifPossible: true } as const;
    expect(await db.transaction((tx) => advanceDeliveries(tx, later, which, changeOf(event)))).toEqual([]);
    expect(await current()).toEqual(before);
    expect(() => partingDelivery(before, token, changeOf(event), later)).toThrow("cannot be");
  },
);

test("only the holder of a lease gives it back, and messages that part begin without the lease", async () => {
  const before = await isNow({ state: "waiting", ...given });
  const other = { ids: [id], leaseToken: id, ifPossible: true } as const;
  const back = { event: "given-back" } as const;
  expect(await db.transaction((tx) => advanceDeliveries(tx, later, other, back))).toEqual([]);
  expect(await current()).toEqual(before);
  expect(partingDelivery(before, token, { event: "rerouted" }, later)).toMatchObject({
    ...{ id: token, state: "waiting", attempts: 0, nextAttemptAt: later },
    ...free,
  });
});
