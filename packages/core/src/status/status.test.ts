import { describe, expect, test } from "vitest";
import type { Actor } from "../access/index.ts";
import { createContext } from "../context.ts";
import { listJournal } from "../journal/index.ts";
import { testDatabase } from "../testing/index.ts";
import {
  addNoticeUpdate,
  clearServiceState,
  correctNoticeUpdate,
  createNotice,
  getNotice,
  listCurrentNotices,
  listEarlierNotices,
  listFeedNotices,
  readStatus,
  recordProbes,
  setServiceState,
} from "./index.ts";

const db = await testDatabase();
const start = new Date("2026-05-01T08:00:00Z");
const minutes = (n: number) => new Date(start.getTime() + n * 60_000);
const authority: Actor = {
  kind: "user",
  id: "u1",
  name: "Vagten",
  supplierId: null,
  grants: [{ role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null }],
};
const vendor: Actor = {
  kind: "user",
  id: "u2",
  name: "Leverandør",
  supplierId: "s1",
  grants: [
    {
      role: "vendor-administrator",
      scope: { kind: "supplier", supplierId: "s1" },
      validFrom: new Date(0),
      validTo: null,
    },
  ],
};
const at = (minute: number, actor: Actor = authority) => createContext(db, actor, minutes(minute));
const incident = {
  kind: "incident" as const,
  title: "Langsomme opslag",
  text: "Opslag svarer langsomt.",
  state: "investigating" as const,
  services: ["edi-gateway"],
  priority: 2,
};
const stateOf = async (minute: number, id = "edi-gateway") =>
  (await readStatus(at(minute), "production")).find((service) => service.id === id);

describe("notices", () => {
  test("an incident changes its service's state until it is resolved, and keeps all its updates", async () => {
    const id = await createNotice(at(0), incident);
    expect((await stateOf(1))?.state).toBe("reduced");
    await addNoticeUpdate(at(5), { noticeId: id, state: "identified", text: "Årsagen er fundet." });
    await addNoticeUpdate(at(9), { noticeId: id, state: "resolved", text: "Servicen kører normalt igen." });
    expect((await stateOf(10))?.state).toBe("unknown");
    const notice = await getNotice(at(10), id);
    expect(notice.updates.map((update) => [update.number, update.state])).toEqual([
      [1, "investigating"],
      [2, "identified"],
      [3, "resolved"],
    ]);
    expect([notice.createdAt, notice.updatedAt, notice.closedAt]).toEqual([
      minutes(0),
      minutes(9),
      minutes(9),
    ]);
    expect((await listEarlierNotices(at(10), { limit: 10, offset: 0 })).map((found) => found.id)).toContain(
      id,
    );
    expect((await listCurrentNotices(at(10))).map((found) => found.id)).not.toContain(id);
  });

  test("a closed notice accepts no more updates", async () => {
    const id = await createNotice(at(20), incident);
    await addNoticeUpdate(at(21), { noticeId: id, state: "resolved", text: "Løst." });
    const more = addNoticeUpdate(at(22), { noticeId: id, state: "monitoring", text: "Alligevel." });
    await expect(more).rejects.toMatchObject({ code: "conflict" });
  });

  test("a corrected text keeps id and time of the update", async () => {
    const id = await createNotice(at(30), incident);
    const [before] = (await getNotice(at(30), id)).updates;
    await correctNoticeUpdate(at(31), { updateId: before?.id ?? "", text: "Opslag svarer noget langsomt." });
    const [after] = (await getNotice(at(32), id)).updates;
    expect(after).toMatchObject({
      id: before?.id,
      publishedAt: before?.publishedAt,
      text: "Opslag svarer noget langsomt.",
    });
    expect(after?.correctedAt).toEqual(minutes(31));
    await addNoticeUpdate(at(33), { noticeId: id, state: "resolved", text: "Løst." });
  });

  test("a window whose end has passed is over automatically, unless it was extended", async () => {
    const window = {
      ...incident,
      kind: "window" as const,
      priority: null,
      state: "scheduled" as const,
      services: ["portal"],
    };
    const id = await createNotice(at(40), { ...window, plannedStart: minutes(50), plannedEnd: minutes(60) });
    expect((await stateOf(55, "portal"))?.state).toBe("maintenance");
    expect((await listCurrentNotices(at(55))).map((found) => found.id)).toContain(id);
    expect((await listEarlierNotices(at(60), { limit: 10, offset: 0 })).map((found) => found.id)).toContain(
      id,
    );
    await addNoticeUpdate(at(59), { noticeId: id, state: "extended", text: "Det tager længere tid." });
    expect((await listCurrentNotices(at(65))).map((found) => found.id)).toContain(id);
    await addNoticeUpdate(at(70), { noticeId: id, state: "completed", text: "Afsluttet." });
  });

  test("a vendor may not write a notice; the attempt is journalled", async () => {
    await expect(createNotice(at(80, vendor), incident)).rejects.toMatchObject({ code: "not-allowed" });
    const [entry] = await listJournal(at(81).db, { outcome: "refused", limit: 1 });
    expect(entry).toMatchObject({ action: "notice.edit", actorId: "u2", outcome: "refused" });
  });

  test("a feed filtered by service or kind contains only matching notices", async () => {
    const all = await listFeedNotices(at(90));
    const windows = await listFeedNotices(at(90), { kind: "window", serviceId: "portal" });
    expect(all.length).toBeGreaterThan(windows.length);
    expect(windows.every((notice) => notice.kind === "window")).toBe(true);
    expect(windows.length).toBe(1);
  });
});

describe("two editors at once", () => {
  test("the second of two corrections is rejected, and the first one's text is kept", async () => {
    const id = await createNotice(at(200), { ...incident, services: ["portal"] });
    const [first] = (await getNotice(at(200), id)).updates;
    const correct = (text: string) =>
      correctNoticeUpdate(at(201), { updateId: first?.id ?? "", text, seenText: incident.text });
    await correct("Opslag svarer meget langsomt.");
    await expect(correct("Opslag svarer noget langsomt.")).rejects.toMatchObject({ code: "conflict" });
    expect((await getNotice(at(202), id)).updates[0]?.text).toBe("Opslag svarer meget langsomt.");
  });

  test("an update is rejected if the notice got another one meanwhile", async () => {
    const id = await createNotice(at(210), incident);
    const update = { noticeId: id, text: "Årsagen er fundet.", seenNumber: 1 };
    await addNoticeUpdate(at(211), { ...update, state: "identified" });
    const late = addNoticeUpdate(at(211), { ...update, state: "resolved" });
    await expect(late).rejects.toMatchObject({ code: "conflict" });
    await addNoticeUpdate(at(212), { ...update, state: "resolved", seenNumber: 2 });
  });

  test("a manual state set or cleared meanwhile is not overwritten unseen", async () => {
    const wanted = { serviceId: "portal", state: "down", reason: "Strømsvigt" } as const;
    await setServiceState(at(220), { ...wanted, seenStateId: null });
    const unseen = setServiceState(at(220), { ...wanted, state: "reduced", seenStateId: null });
    await expect(unseen).rejects.toMatchObject({ code: "conflict" });
    const seenStateId = (await stateOf(221, "portal"))?.manual?.id ?? null;
    await clearServiceState(at(221), { serviceId: "portal", seenStateId });
    const gone = clearServiceState(at(222), { serviceId: "portal", seenStateId });
    await expect(gone).rejects.toMatchObject({ code: "conflict" });
  });
});

test("a window that is over cannot be announced as planned, but may be reported afterwards", async () => {
  const window = {
    ...incident,
    kind: "window" as const,
    priority: null,
    plannedStart: minutes(0),
    plannedEnd: minutes(60),
  };
  const late = createNotice(at(230), { ...window, state: "scheduled" });
  await expect(late).rejects.toMatchObject({
    code: "invalid",
    details: { field: "plannedEnd", fault: "window-over" },
  });
  expect(await createNotice(at(230), { ...window, state: "completed" })).toBeTruthy();

  const id = await createNotice(at(30), { ...window, state: "scheduled" });
  const update = { noticeId: id, state: "scheduled", text: "Vinduet flyttes." } as const;
  const moved = addNoticeUpdate(at(40), { ...update, plannedStart: minutes(10), plannedEnd: minutes(20) });
  await expect(moved).rejects.toMatchObject({ details: { field: "plannedEnd", fault: "window-over" } });
  expect((await getNotice(at(41), id)).plannedEnd).toEqual(minutes(60));
});

describe("service states", () => {
  test("a recent probe is green for its own environment only, and unknown when it is too old", async () => {
    await recordProbes(at(100, { kind: "system", job: "probe" }), [
      { target: "gateway", isUp: true, latencyMilliseconds: 3 },
    ]);
    expect((await stateOf(101))?.state).toBe("operational");
    expect((await stateOf(101, "edi-gateway-demo"))?.state).toBe("unknown");
    expect((await stateOf(104))?.state).toBe("unknown");
  });

  test("a manual state applies until it expires, says who set it, and can be cleared", async () => {
    await recordProbes(at(110, { kind: "system", job: "probe" }), [
      { target: "gateway", isUp: true, latencyMilliseconds: 3 },
    ]);
    await setServiceState(at(110), {
      serviceId: "edi-gateway",
      state: "down",
      reason: "Strømsvigt",
      expiresAt: minutes(112),
    });
    expect(await stateOf(111)).toMatchObject({
      state: "down",
      source: "manual",
      manual: { setByName: "Vagten" },
    });
    expect((await stateOf(112))?.state).toBe("operational");
    await setServiceState(at(112), { serviceId: "edi-gateway", state: "reduced", reason: "Omstart" });
    await clearServiceState(at(112), { serviceId: "edi-gateway" });
    expect((await stateOf(112))?.state).toBe("operational");
  });
});
