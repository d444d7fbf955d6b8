import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { completeGln } from "@sor/core/identifiers";
import { listJournal } from "@sor/core/journal";
import { addRegistration, getLocation, listRegistrations, NewRegistration } from "@sor/core/message-types";
import { aLocation, anEndpoint, aVendor, testDatabase } from "@sor/core/testing";
import { addDays, dayInDenmark, startOfDayInDenmark } from "@sor/core/validity";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { editorOf, type Form, locationPage } from "../../../../testing/location-page.ts";

const now = new Date("2026-03-01T10:00:00Z");
let serial = 0;
let db: Database;
let gln: string;
let mine: Actor;
let other: Actor;
let endpointId: string;
let secondId: string;
let foreignId: string;

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b] = [await aVendor(db), await aVendor(db)];
  gln = completeGln(`57900${String(++serial).padStart(7, "0")}`);
  await aLocation(db, { gln, supplierId: a.supplierId });
  endpointId = await anEndpoint(db, { supplierId: a.supplierId });
  secondId = await anEndpoint(db, { supplierId: a.supplierId });
  foreignId = await anEndpoint(db, { supplierId: b.supplierId });
  [mine, other] = [editorOf(a.supplierId), editorOf(b.supplierId)];
});

const { post, page, shown, present } = locationPage(() => ({ db, gln, mine, now }));

const adding = (pair: string, more: Form = {}): Form => ({
  "type-new-0": pair,
  "endpoint-new-0": endpointId,
  ...more,
});

describe("the matrix of a location number", () => {
  test("a type is added in two steps, and the result page shows the gateway call for it", async () => {
    const form = { ...(await shown()), ...adding("DIS91") };
    const first = await post("preview", form);
    expect(first.review).toMatchObject([
      { kind: "added", messageType: "DIS91", warnings: [{ code: "missing-receipt" }] },
    ]);
    expect(await present()).toEqual([]);
    const carried = Object.fromEntries(
      Object.entries(first.values ?? {}).map(([name, [value]]) => [name, value ?? ""]),
    );
    const saved = await post("save", carried);
    const [entry] = await listJournal(db, { gln, limit: 1 });
    expect(saved).toMatchObject({ status: 303, location: `/lokationer/${gln}?gemt=${entry?.sequence}` });
    expect(await present()).toEqual(["DIS91 D9134L"]);
    expect((await page(mine, now, `?gemt=${entry?.sequence}`)).saved).toEqual({
      sequence: entry?.sequence,
      at: now,
      call: `curl 'http://127.0.0.1:8080/v1/routes/${gln}/DIS91?version=D9134L'`,
    });
    expect((await page(mine, now, "?gemt=%27%3B+rm")).saved).toBeUndefined();
  });

  test("the form posted as it was shown changes nothing, also for what began within a day", async () => {
    await post("save", { ...(await shown()), ...adding("DIS91", { "to-new-0": "2026-12-31" }) });
    const later = new Date("2026-03-05T10:00:00Z");
    expect((await post("preview", await shown(later), mine, later)).review).toEqual([]);
  });

  test("a future start and end within a day are unchanged when nothing is edited", async () => {
    const within = { validFrom: new Date("2026-07-01T09:30:15Z"), validTo: new Date("2026-08-01T20:15:30Z") };
    const added = NewRegistration.parse({ gln, messageType: "DIS91", version: "D9134L", endpointId });
    await addRegistration(createContext(db, mine, now), { ...added, ...within });
    const form = await shown();
    expect([form["from-0"], form["to-0"]]).toEqual(["2026-07-01", "2026-08-01"]);
    expect((await post("preview", form)).review).toEqual([]);
    expect((await post("preview", { ...form, "from-0": "01.07.2026", "to-0": "1/8/2026" })).review).toEqual(
      [],
    );
    const { review } = await post("preview", { ...form, "from-0": "02-07-2026" });
    expect(review).toMatchObject([
      { kind: "changed", after: [{ validFrom: startOfDayInDenmark("2026-07-02") }] },
    ]);
  });

  test("each gap has its own line, and saving requires that each is ticked", async () => {
    await post("save", { ...(await shown()), ...adding("DIS91") });
    const again = { ...adding("DIS91", { "from-new-0": "01-07-2026" }), "to-0": "30-04-2026" };
    const form = { ...(await shown()), ...again };
    const { review, values } = await post("preview", form);
    const [may, july] = [startOfDayInDenmark("2026-05-01"), startOfDayInDenmark("2026-07-01")];
    expect(review).toMatchObject([{ kind: "changed", gaps: [{ from: may, to: july }] }]);
    const refused = await post("save", values as Form);
    expect(refused.status).toBe(400);
    const fault = Object.values(refused.data?.problem.fieldFaults ?? {})
      .flat()
      .join();
    expect(fault).toContain("DIS91 D9134L: Modtages ikke 01-05-2026 – 30-06-2026");
    const gap = review?.[0]?.gaps[0]?.id ?? "";
    expect(await post("save", { ...values, gap } as Form)).toMatchObject({ status: 303 });
    expect((await page()).rows.map((row) => [row.from, row.to])).toEqual([
      ["2026-03-01", "2026-04-30"],
      ["2026-07-01", ""],
    ]);
  });

  test("a begun registration keeps its start, whatever is posted; a later day is a gap", async () => {
    await post("save", { ...(await shown()), ...adding("DIS91") });
    const later = new Date("2026-05-05T10:00:00Z");
    const form = await shown(later);
    expect(form["from-0"]).toBeUndefined();
    expect((await post("preview", { ...form, "from-0": "01-04-2026" }, mine, later)).review).toEqual([]);
    const moved = await post("preview", { ...form, "from-0": "01-07-2026" }, mine, later);
    expect(moved.review).toMatchObject([{ gaps: [{ from: later }] }]);
  });

  test("days are Danish, the last day inclusive", async () => {
    const dates = { "from-new-0": "2026-07-01", "to-new-0": "2026-07-31" };
    await post("save", { ...(await shown()), ...adding("DIS91 D9134L", dates) });
    const [row] = await listRegistrations(createContext(db, mine, now), { gln });
    expect(row?.validFrom).toEqual(startOfDayInDenmark("2026-07-01"));
    expect(row?.validTo).toEqual(startOfDayInDenmark(addDays("2026-07-31", 1)));
    expect((await page()).rows[0]).toMatchObject({ from: "2026-07-01", to: "2026-07-31" });
    expect(dayInDenmark(new Date((row?.validTo?.getTime() ?? 0) - 1))).toBe("2026-07-31");
  });

  test("clearing the checkbox ends a type, another endpoint changes it; both are shown before saving", async () => {
    await post("save", {
      ...(await shown()),
      ...adding("DIS91", { "type-new-1": "DIS01", "endpoint-new-1": endpointId }),
    });
    const { "keep-0": _, ...form }: Form = { ...(await shown()), "endpoint-1": secondId };
    const { review } = await post("preview", form);
    expect(review?.map((line) => `${line.kind} ${line.messageType}`)).toEqual([
      "ended DIS01",
      "changed DIS91",
    ]);
  });

  test("going back from the review keeps the input", async () => {
    const form = { ...(await shown()), ...adding("DIS91", { comment: "Efter aftale" }) };
    const back = (await post("edit", form)) as { problem?: { values: Record<string, string[]> } };
    expect(back.problem?.values).toMatchObject({ "type-new-0": ["DIS91"], comment: ["Efter aftale"] });
  });

  const faults: [string, () => Form, string][] = [
    ["an unknown type", () => adding("DIS99"), "type-new-0"],
    ["SQL for a type", () => adding("'; drop table registrations; --"), "type-new-0"],
    ["a version the type does not have", () => adding("DIS91 D0000L"), "type-new-0"],
    ["another vendor's endpoint", () => adding("DIS91", { "endpoint-new-0": foreignId }), "endpoint-new-0"],
    ["SQL for an endpoint", () => adding("DIS91", { "endpoint-new-0": "' or 1=1 --" }), "endpoint-new-0"],
    ["no endpoint", () => adding("DIS91", { "endpoint-new-0": "" }), "endpoint-new-0"],
    [
      "an end before the start",
      () => adding("DIS91", { "from-new-0": "2026-07-02", "to-new-0": "2026-06-30" }),
      "to-new-0",
    ],
    ["a last day that is over", () => adding("DIS91", { "to-new-0": "2026-02-01" }), "to-new-0"],
    ["SQL for a day", () => adding("DIS91", { "from-new-0": "'; --" }), "from-new-0"],
    ["a day that is none", () => adding("DIS91", { "from-new-0": "2026-02-30" }), "from-new-0"],
    ["an unknown direction", () => adding("DIS91", { "direction-new-0": "sideways" }), "direction-new-0"],
  ];

  test("each fault is reported at its field, and nothing is saved", async () => {
    for (const [name, form, field] of faults) {
      const refused = await post("preview", { ...(await shown()), ...form() });
      expect(refused.status, name).toBe(400);
      expect(Object.keys(refused.data?.problem.fieldFaults ?? {}), name).toEqual([field]);
      expect((await post("save", { ...(await shown()), ...form() })).status, name).toBe(400);
    }
    expect(await present()).toEqual([]);
  });
});

describe("users without the right", () => {
  test("another vendor's post is refused in both steps and journalled, and the page says whom to contact", async () => {
    const form = { ...(await shown()), ...adding("DIS91", { "endpoint-new-0": foreignId }) };
    expect((await post("preview", form, other)).status).toBe(403);
    const whole = { ...(await shown()) };
    expect((await post("save", whole, other)).status).toBe(403);
    const refused = await listJournal(db, { gln, outcome: "refused", limit: 10 });
    expect(refused.map((entry) => entry.action)).toEqual(["registration.edit"]);
    const { location } = await page(other);
    expect(location).toMatchObject({ mayEdit: false, helper: { kind: "supplier" } });
  });

  test("an anonymous visitor is redirected to the login page by the page and by every action", async () => {
    const anonymous: Actor = { kind: "anonymous" };
    await expect(page(anonymous)).rejects.toMatchObject({ status: 303 });
    for (const action of ["preview", "save", "edit"] as const) {
      expect(await post(action, {}, anonymous)).toMatchObject({ status: 303 });
    }
  });

  test("a concurrent change is not overwritten, and is reported", async () => {
    const form = await shown();
    expect((await post("save", { ...form, ...adding("DIS91") })).status).toBe(303);
    const late = await post("save", { ...form, ...adding("DIS01") });
    expect(late.review).toMatchObject([{ kind: "added", messageType: "DIS01" }]);
    expect(late.merged?.meanwhile).toMatchObject([{ who: "Berit", changes: [{ kind: "added" }] }]);
    expect(await present()).toEqual(["DIS91 D9134L"]);
    const { etag } = await getLocation(createContext(db, mine, now), { gln });
    expect(late.values?.etag).toEqual([etag]);
    expect(await post("save", late.values as Form)).toMatchObject({ status: 303 });
    expect(await present()).toEqual(["DIS01 D0134L", "DIS91 D9134L"]);
  });

  test("conflicts show both values, and other changes of both are kept", async () => {
    const pairs = {
      "type-tick": ["DIS01 D0134L", "DIS02 D0234L", "DIS91 D9134L"],
      "endpoint-tick": endpointId,
    };
    await post("save", { ...(await shown()), ...pairs });
    const form = await shown();
    const { "keep-0": _, ...theirs } = form;
    await post("save", { ...theirs, "endpoint-1": secondId, "to-2": "31-12-2026" });
    const mineToo = {
      "to-0": "30-06-2026",
      "endpoint-1": endpointId,
      "to-1": "31-08-2026",
      "to-2": "30-11-2026",
    };
    const late = await post("preview", { ...form, ...mineToo, comment: "Aftalt" });
    expect(late.status).toBe(409);
    const { problem, merged } = late.data ?? {};
    expect(Object.keys(problem?.fieldFaults ?? {})).toEqual(["to-1", "keep-2"]);
    expect(problem?.fieldFaults["to-1"]?.join()).toMatch(/31-12-2026.*30-11-2026/);
    expect(problem?.values).toMatchObject({
      "type-0": ["DIS02"],
      "endpoint-0": [secondId],
      "to-0": ["2026-08-31"],
      "type-1": ["DIS91"],
      "to-1": ["2026-11-30"],
      "type-2": ["DIS01"],
      "keep-2": ["on"],
      comment: ["Aftalt"],
    });
    expect(merged?.meanwhile).toHaveLength(1);
    const again = await post("preview", Object.fromEntries(Object.entries(problem?.values ?? {})) as Form);
    expect(again.review?.map((line) => `${line.kind} ${line.messageType}`)).toEqual([
      "added DIS01",
      "changed DIS02",
      "changed DIS91",
    ]);
  });

  test("a tick for a type that somebody else has added is dropped, and that is said", async () => {
    const ticked = { "type-tick": ["DIS05 D0533L", "FDIS91 5.0"], "endpoint-tick": endpointId };
    const form = { ...(await shown()), ...ticked };
    await post("save", { ...(await shown()), ...adding("DIS05") });
    const late = await post("preview", form);
    expect(late.merged?.added).toEqual(["DIS05 D0533L"]);
    expect(late.review?.map((line) => line.messageType)).toEqual(["FDIS91"]);
  });

  test("a form without its ETag, or with SQL in it, is refused as invalid", async () => {
    expect((await post("save", adding("DIS91"))).status).toBe(400);
    expect((await post("save", { ...adding("DIS91"), etag: "'; drop table locations; --" })).status).toBe(
      400,
    );
  });
});
