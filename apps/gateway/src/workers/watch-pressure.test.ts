import { createContext, type Database } from "@sor/core";
import { listAlerts, watchAlerts } from "@sor/core/alerts";
import { anInterchange, testDatabase } from "@sor/core/testing";
import { beforeEach, expect, test } from "vitest";
import { noPressure, type PressureMemory } from "../intake/judge-pressure.ts";
import { unreachableDatabase } from "../testing/index.ts";
import { receiver, sender, twoVendors } from "../testing/two-vendors.ts";
import { lookAtPressure } from "./watch-pressure.ts";

let db: Database;
let now = new Date("2026-03-01T10:00:00Z");
const system = () => createContext(db, { kind: "system", job: "test" }, now);

beforeEach(async () => {
  db = await testDatabase();
});

/** A gateway whose disk is full, and a clock for checks every five seconds. */
async function aFullGateway(worker: string) {
  const gateway = await twoVendors(db, { clock: () => now, env: { SPOOL_FREE_MEGABYTES_MIN: "999999999" } });
  let memory: PressureMemory = noPressure;
  const refuse = async () => {
    const body = new Uint8Array(anInterchange({ sender, receiver }));
    const answer = await gateway.ask("from", "/v1/interchanges", { method: "POST", body });
    expect(answer.status).toBe(503);
  };
  const look = async (through = db) => {
    memory = await lookAtPressure({ ...gateway.deps, db: through }, worker, memory);
    await watchAlerts(system());
    now = new Date(now.getTime() + 5000);
  };
  const states = async () => {
    const { items } = await listAlerts(system(), { kind: "back-pressure", limit: 10 });
    return items.map(({ state }) => state);
  };
  return { refuse, look, states };
}

test("an incident opens after half a minute of refused interchanges, and closes when they are accepted again", async () => {
  const { refuse, look, states } = await aFullGateway("one:1");
  for (let at = 0; at < 5; at += 1) {
    await refuse();
    await look();
  }
  expect(await states()).toEqual([]);
  for (let at = 0; at < 3; at += 1) {
    await refuse();
    await look();
  }
  expect(await states()).toEqual(["open"]);
  for (let at = 0; at < 70; at += 1) await look();
  expect(await states()).toEqual(["closed"]);
});

test("refusals that the database could not be notified of become an incident when it is available again", async () => {
  const { refuse, look, states } = await aFullGateway("two:2");
  const away = unreachableDatabase();
  for (let at = 0; at < 8; at += 1) {
    await refuse();
    await look(away);
  }
  expect(await states()).toEqual([]);
  for (let at = 0; at < 16; at += 1) await look();
  expect(await states()).toEqual(["open"]);
  for (let at = 0; at < 130; at += 1) await look();
  expect(await states()).toEqual(["closed"]);
});
