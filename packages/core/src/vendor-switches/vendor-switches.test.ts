import { sql } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { changeSets } from "../changesets/tables.ts";
import { closeDatabase } from "../database/index.ts";
import { listApprovals, setApprovals } from "../endpoints/index.ts";
import { listJournal } from "../journal/index.ts";
import { deliveries } from "../messages/tables.ts";
import { followMovedLocations } from "../redirection/index.ts";
import { aLocation, newGln, switchingVendors } from "../testing/index.ts";
import {
  beginSwitch,
  confirmMapping,
  getSwitch,
  listSwitches,
  listSwitchTypes,
  NewVendorSwitch,
  previewMapping,
  renewSwitchKey,
  returnSwitch,
  stopSwitch,
} from "./index.ts";
import { vendorSwitches, vendorSwitchWaves } from "./tables.ts";

const later = (text: string) => new Date(text);
const world = await switchingVendors();
const { db, giver, taker, stranger, authority, system, toSupplierId, systemId } = world;
const { oldEndpoint, newEndpoint, second, someGlns, begin, accept, mapped, mappingOf } = world;
const { run, held, vendorOf, send, nameOf } = world;
afterAll(() => closeDatabase(db));

describe("a switch", () => {
  test("is begun, accepted with its key and mapped; from its day everything is the new vendor's, without a gap", async () => {
    const [gln = "", other = ""] = await someGlns(2);
    const { id, key } = await begin([gln, other], [{ day: "2026-07-01" }], { note: "Aftale 17" });
    const spelled = ` ${key.toLowerCase().replaceAll("-", " ")}`;
    await accept(spelled, { note: "Kunde 4" });
    const types = [
      { messageType: "CTL01", version: "C0130Q", direction: "receive", endpointId: second } as const,
    ];
    const preview = await previewMapping(taker(), { id, mapping: mappingOf({ types }) });
    expect(preview).toMatchObject({ locations: 2, registrations: 4, errors: 0 });
    await confirmMapping(taker(), { id, mapping: mappingOf({ types }) });
    await run();
    expect(await getSwitch(taker(), { id })).toMatchObject({ state: "done", waves: [{ state: "applied" }] });
    for (const each of [gln, other]) {
      expect(await held(each, "2026-06-30T21:59:59.999Z")).toEqual(["CTL01 old", "DIS91 old"]);
      expect(await held(each, "2026-06-30T22:00:00Z")).toEqual(["CTL01 second", "DIS91 new"]);
    }
    expect(await vendorOf(gln, "2026-06-30")).toEqual(["from", false]);
    expect(await vendorOf(gln, "2026-07-01")).toEqual(["to", true]);
    const [wave] = await db.select().from(vendorSwitchWaves).where(sql`switch_id = ${id}`);
    const sets = await db.select().from(changeSets).where(sql`id = ${wave?.changeSetId}`);
    expect(sets).toMatchObject([{ state: "applied" }]);
    const entries = await listJournal(db, {
      subjectType: "vendor-switch",
      subjectId: id,
      limit: 10,
    } as never);
    expect(entries.map(({ after }) => (after as { state: string }).state).toReversed()).toEqual([
      ...["offered", "accepted", "running", "done"],
    ]);
  });

  test("is stopped before its day, and everything is as it was", async () => {
    const [gln = ""] = await someGlns(1);
    const id = await mapped([gln], [{ day: "2026-07-01" }]);
    await run();
    await expect(returnSwitch(taker(), { id })).rejects.toMatchObject({
      details: { fault: "switch-not-begun" },
    });
    await stopSwitch(giver(), { id });
    await run();
    expect((await getSwitch(giver(), { id })).state).toBe("stopped");
    expect(await held(gln, "2026-07-02T10:00:00Z")).toEqual(["CTL01 old", "DIS91 old"]);
    expect(await vendorOf(gln, "2026-07-02")).toEqual(["from", false]);
    await expect(stopSwitch(giver(), { id })).rejects.toMatchObject({ details: { fault: "switch-state" } });
    expect((await begin([gln], [{ day: "2026-08-01" }])).locations).toBe(1);
  });

  test("is returned after its day by the new vendor, not by the former one", async () => {
    const glns = await someGlns(60);
    const [gln = ""] = glns;
    const id = await mapped(glns, [{ day: "2026-06-01" }]);
    await run();
    const after = later("2026-06-03T10:00:00Z");
    expect(await held(gln, "2026-06-02T10:00:00Z")).toEqual(["CTL01 new", "DIS91 new"]);
    await expect(stopSwitch(taker(after), { id })).rejects.toMatchObject({
      details: { fault: "switch-begun" },
    });
    await expect(returnSwitch(giver(after), { id })).rejects.toMatchObject({ code: "not-allowed" });
    await returnSwitch(taker(after), { id });
    await run(after);
    expect((await getSwitch(taker(after), { id })).state).toBe("returned");
    expect(await held(gln, "2026-06-02T10:00:00Z")).toEqual(["CTL01 new", "DIS91 new"]);
    expect(await held(gln, "2026-06-03T10:00:00Z")).toEqual(["CTL01 old", "DIS91 old"]);
    expect(await vendorOf(gln, "2026-06-03")).toEqual(["from", false]);
  });

  test("halts with its fault when it cannot be undone, and nothing is half undone", async () => {
    const [gln = ""] = await someGlns(1);
    const id = await mapped([gln], [{ day: "2026-06-01" }]);
    await run();
    const after = later("2026-06-03T10:00:00Z");
    await db.execute(sql`update endpoints set state = 'closed' where id = ${oldEndpoint}`);
    await returnSwitch(taker(after), { id });
    await run(after);
    const seen = await getSwitch(taker(after), { id });
    expect([seen.state, seen.fault, seen.waves[0]?.state]).toEqual([
      "halted",
      "registration-problem",
      "applied",
    ]);
    expect(await held(gln, "2026-06-04T10:00:00Z")).toEqual(["CTL01 new", "DIS91 new"]);
    await db.execute(sql`update endpoints set state = 'active' where id = ${oldEndpoint}`);
    await returnSwitch(taker(after), { id });
    await run(after);
    expect((await getSwitch(taker(after), { id })).state).toBe("returned");
  });

  test("takes the messages that wait to the new endpoint", async () => {
    const [gln = ""] = await someGlns(1);
    await send(gln);
    await mapped([gln], [{ day: "2026-06-01" }]);
    const after = later("2026-06-01T10:05:00Z");
    await run(after);
    await followMovedLocations(system(after), { gatewayParty: "SORGATEWAY", limit: 100 });
    const waiting = await db.select().from(deliveries).where(sql`receiver = ${gln}`);
    expect(waiting.map(({ endpointId, state }) => [nameOf(endpointId), state])).toEqual([["new", "waiting"]]);
  });
});

describe("a key", () => {
  test("is stored as its hash, is used once, ends, and is replaced by another", async () => {
    const { id, key } = await begin(await someGlns(1), [{ day: "2026-07-01" }]);
    const [row] = await db.select().from(vendorSwitches).where(sql`id = ${id}`);
    expect(JSON.stringify(row)).not.toContain(key.replaceAll("-", ""));
    const fault = { code: "not-found", details: { field: "key" } };
    await expect(accept(key, {}, stranger())).rejects.toMatchObject(fault);
    await expect(accept(key, {}, authority())).rejects.toMatchObject(fault);
    await expect(accept(key, {}, taker(later("2026-06-15T10:00:01Z")))).rejects.toMatchObject(fault);
    const renewed = await renewSwitchKey(giver(), { id });
    await expect(accept(key)).rejects.toMatchObject(fault);
    await accept(renewed.key);
    await expect(accept(renewed.key)).rejects.toMatchObject(fault);
  });
});

describe("each side", () => {
  test("sees the state, and only what belongs to it", async () => {
    const { id, key } = await begin(await someGlns(1), [{ day: "2026-07-01" }], { note: "Kun vores" });
    await expect(getSwitch(taker(), { id })).rejects.toMatchObject({ code: "not-found" });
    await accept(key, { note: "Kun deres" });
    await confirmMapping(taker(), { id, mapping: mappingOf() });
    const [ofGiver, ofTaker] = [await getSwitch(giver(), { id }), await getSwitch(taker(), { id })];
    expect(ofGiver).toMatchObject({ state: "running", note: "Kun vores", mapping: null, deliveries: null });
    expect(ofTaker).toMatchObject({ state: "running", note: "Kun deres", mapping: { systemId } });
    expect(JSON.stringify(ofGiver)).not.toMatch(new RegExp(`Kun deres|${newEndpoint}|${systemId}`));
    expect(JSON.stringify(ofTaker)).not.toMatch(new RegExp(`Kun vores|${oldEndpoint}`));
    expect(JSON.stringify(await getSwitch(authority(), { id }))).not.toContain("Kun deres");
    await expect(getSwitch(stranger(), { id })).rejects.toMatchObject({ code: "not-found" });
    const listed = [giver(), taker(), authority(), stranger()].map(async (ctx) =>
      (await listSwitches(ctx)).some((each) => each.id === id),
    );
    expect(await Promise.all(listed)).toEqual([true, true, true, false]);
    await expect(listSwitchTypes(giver(), { id })).rejects.toMatchObject({ code: "not-allowed" });
    await stopSwitch(taker(), { id });
  });

  test("begins only with its own location numbers, all of one vendor and in no other switch", async () => {
    const [gln = ""] = await someGlns(1);
    const input = NewVendorSwitch.parse({ toSupplierId, glns: [gln], waves: [{ day: "2026-07-01" }] });
    await expect(beginSwitch(stranger(), input)).rejects.toMatchObject({ code: "not-allowed" });
    await expect(beginSwitch(taker(), input)).rejects.toMatchObject({ code: "not-allowed" });
    const foreign = newGln();
    await aLocation(db, { gln: foreign, supplierId: toSupplierId });
    const both = { ...input, glns: [gln, foreign] } as typeof input;
    await expect(beginSwitch(authority(), both)).rejects.toMatchObject({
      details: { fault: "several-vendors" },
    });
    await beginSwitch(giver(), input);
    await expect(beginSwitch(authority(), input)).rejects.toMatchObject({
      details: { fault: "already-switching" },
    });
  });

  test("is warned of types that the new system is not approved for, and stopped by an endpoint of another", async () => {
    const approval = {
      productVersion: "1",
      messageType: "DIS91",
      version: "D9134L",
      direction: "receive",
    } as const;
    const held = { ...approval, approvedOn: "2026-01-01", expiresOn: null, reference: null };
    await setApprovals(system(), { systemId, approvals: [held] });
    expect(await listApprovals(db, systemId)).toHaveLength(1);
    const { id, key } = await begin(await someGlns(1), [{ day: "2026-07-01" }]);
    await accept(key);
    const { unapproved } = await previewMapping(taker(), { id, mapping: mappingOf() });
    expect(unapproved.map(({ messageType }) => messageType)).toEqual(["CTL01"]);
    const mapping = mappingOf({ endpointId: oldEndpoint });
    await expect(confirmMapping(taker(), { id, mapping })).rejects.toMatchObject({
      details: { field: "endpointId", fault: "endpoint-of-another" },
    });
  });
});
