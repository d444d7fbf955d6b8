import { sql } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { findFaults } from "../alerts/find-faults.ts";
import { createContext } from "../context.ts";
import { closeDatabase, openDatabase } from "../database/index.ts";
import { applySet, aSupplier, switchingVendors, switchNow } from "../testing/index.ts";
import { confirmMapping, continueSwitch, continueSwitches, getSwitch } from "./index.ts";

const later = (text: string) => new Date(text);
const world = await switchingVendors();
const { url, db, giver, taker, someGlns, mapped, run, held, send, deliver } = world;
const { begin, accept, mappingOf, vendorOf } = world;
afterAll(() => closeDatabase(db));

describe("waves", () => {
  const waves = [{ day: "2026-06-01", percent: 50 }, { day: "2026-06-03" }];
  const nextDay = later("2026-06-02T10:00:00Z");
  const evening = later("2026-06-02T20:30:00Z");

  test("follow each other while the deliveries of those before succeed", async () => {
    const glns = await someGlns(2);
    const id = await mapped(glns, waves);
    await run();
    await send(glns[0] ?? "", nextDay);
    await deliver("delivered", nextDay);
    await run(nextDay);
    expect((await getSwitch(taker(nextDay), { id })).waves.map(({ state }) => state)).toEqual([
      ...["applied", "waiting"],
    ]);
    await run(evening);
    expect((await getSwitch(taker(evening), { id })).state).toBe("done");
    expect(await held(glns[1] ?? "", "2026-06-02T21:59:59Z")).toEqual(["CTL01 old", "DIS91 old"]);
    expect(await held(glns[1] ?? "", "2026-06-02T22:00:00Z")).toEqual(["CTL01 new", "DIS91 new"]);
  });

  test("halt by themselves when too many deliveries fail, and go on when somebody lets them", async () => {
    const glns = await someGlns(2);
    const id = await mapped(glns, waves);
    await run();
    await send(glns[0] ?? "", nextDay);
    await deliver("refused", nextDay);
    await run(nextDay);
    expect(await getSwitch(taker(nextDay), { id })).toMatchObject({
      ...{ state: "halted", fault: "deliveries-failed", deliveries: { attempted: 1, failed: 1 } },
      steps: ["return", "continue"],
    });
    await run(evening);
    const halted = (await findFaults(db, evening)).filter(({ kind }) => kind === "vendor-switch-halted");
    expect(halted.map(({ subject }) => subject)).toEqual([
      `vendor-switch:${id}:to`,
      `vendor-switch:${id}:from`,
    ]);
    expect(await held(glns[1] ?? "", "2026-06-04T10:00:00Z")).toEqual(["CTL01 old", "DIS91 old"]);
    await expect(continueSwitch(giver(evening), { id })).rejects.toMatchObject({ code: "not-allowed" });
    await continueSwitch(taker(evening), { id });
    await run(evening);
    expect((await getSwitch(taker(evening), { id })).state).toBe("done");
    expect(await held(glns[1] ?? "", "2026-06-04T10:00:00Z")).toEqual(["CTL01 new", "DIS91 new"]);
  });

  test("do not move a location number that has another vendor by now, and nothing with it", async () => {
    const glns = await someGlns(4);
    const id = await mapped(glns, waves);
    await run();
    // The authority gives one of the second wave to a vendor that has agreed to nothing.
    const fields = { supplierId: await aSupplier(db, "En tredje"), systemId: null };
    await applySet(world.system(), [
      { kind: "location.change", gln: glns[3], validFrom: "2026-06-01", validTo: null, fields },
    ]);
    await run(evening);
    expect(await getSwitch(taker(evening), { id })).toMatchObject({
      ...{ state: "halted", fault: "switch-other-vendor" },
      waves: [{ state: "applied" }, { state: "waiting" }],
    });
    for (const gln of glns.slice(2)) expect(await vendorOf(gln, "2026-06-04")).toEqual(["from", false]);
    // Nor one that will have by then, whatever the new vendor confirms.
    const [later2 = ""] = await someGlns(1);
    const offered = await begin([later2], [{ day: "2026-06-10" }]);
    await accept(offered.key);
    await applySet(world.system(), [
      { kind: "location.change", gln: later2, validFrom: "2026-06-05", validTo: null, fields },
    ]);
    await expect(confirmMapping(taker(), { id: offered.id, mapping: mappingOf() })).rejects.toMatchObject({
      details: { fault: "switch-other-vendor" },
    });
  });

  test("are each applied once, by however many processes, and after a crash between applying and noting it", async () => {
    const glns = await someGlns(4);
    const id = await mapped(glns, [{ day: "2026-06-20", percent: 50 }, { day: "2026-06-21" }]);
    const ahead = later("2026-06-20T21:00:00Z");
    const processes = Array.from({ length: 4 }, () => openDatabase(url));
    const work = async (at: Date) => {
      await Promise.all(
        processes.map(async (each) => {
          const ctx = createContext(each, { kind: "system", job: "test" }, at);
          while (await continueSwitches(ctx));
        }),
      );
    };
    const applied = async () => {
      const { rows } = await db.execute<{ count: number }>(sql`
        select count(*)::int as count from journal_entries e join vendor_switch_waves w on w.change_set_id = e.change_set_id
        where w.switch_id = ${id} and e.action = 'location.edit'`);
      return rows[0]?.count;
    };
    try {
      await work(switchNow);
      expect(await applied()).toBe(2);
      // As if the process had died after applying the first wave.
      await db.execute(sql`update vendor_switch_waves set state = 'waiting', applied_at = null, due_at = ${switchNow},
        lease_token = gen_random_uuid(), lease_until = ${later("2026-06-01T10:15:00Z")}
        where switch_id = ${id} and number = 1`);
      await work(later("2026-06-01T10:14:59Z"));
      expect((await getSwitch(taker(), { id })).waves[0]?.state).toBe("waiting");
      await work(later("2026-06-01T10:15:00Z"));
      expect(await applied()).toBe(2);
      await work(ahead);
      expect(await applied()).toBe(4);
      expect((await getSwitch(taker(ahead), { id })).state).toBe("done");
    } finally {
      for (const each of processes) await closeDatabase(each);
    }
  });
});
