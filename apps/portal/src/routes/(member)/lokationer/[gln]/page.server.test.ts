import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { completeGln } from "@sor/core/identifiers";
import { listJournal } from "@sor/core/journal";
import { getLocation, listRegistrations } from "@sor/core/message-types";
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
  test("a type is added in two steps, and the saved page shows the gateway call that answers it", async () => {
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
    expect(saved).toMatchObject({ status: 303, location: `/lokationer/${gln}?gemt=DIS91+D9134L` });
    expect(await present()).toEqual(["DIS91 D9134L"]);
    const after = await page(mine, now, "?gemt=DIS91+D9134L");
    expect(after.saved).toBe(`curl 'http://127.0.0.1:8080/v1/routes/${gln}/DIS91?version=D9134L'`);
    expect((await page(mine, now, "?gemt=%27%3B+rm")).saved).toBe(
      `curl 'http://127.0.0.1:8080/v1/routes/${gln}'`,
    );
  });

  test("the form posted as it was shown changes nothing, also for what began within a day", async () => {
    await post("save", { ...(await shown()), ...adding("DIS91", { "to-new-0": "2026-12-31" }) });
    const later = new Date("2026-03-05T10:00:00Z");
    expect((await post("preview", await shown(later), mine, later)).review).toEqual([]);
  });

  test("days are Danish, the last one inclusive", async () => {
    const dates = { "from-new-0": "2026-07-01", "to-new-0": "2026-07-31" };
    await post("save", { ...(await shown()), ...adding("DIS91 D9134L", dates) });
    const [row] = await listRegistrations(createContext(db, mine, now), { gln });
    expect(row?.validFrom).toEqual(startOfDayInDenmark("2026-07-01"));
    expect(row?.validTo).toEqual(startOfDayInDenmark(addDays("2026-07-31", 1)));
    expect((await page()).rows[0]).toMatchObject({ from: "2026-07-01", to: "2026-07-31" });
    expect(dayInDenmark(new Date((row?.validTo?.getTime() ?? 0) - 1))).toBe("2026-07-31");
  });

  test("clearing the tick ends a type; another endpoint changes it; both show before they are saved", async () => {
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

  test("going back from the review keeps what was typed", async () => {
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

  test("each fault stands at its field, and nothing is saved", async () => {
    for (const [name, form, field] of faults) {
      const refused = await post("preview", { ...(await shown()), ...form() });
      expect(refused.status, name).toBe(400);
      expect(Object.keys(refused.data?.problem.fieldFaults ?? {}), name).toEqual([field]);
      expect((await post("save", { ...(await shown()), ...form() })).status, name).toBe(400);
    }
    expect(await present()).toEqual([]);
  });
});

describe("who may not", () => {
  test("another vendor's post is refused in both steps and journalled, and its page says whom to ask", async () => {
    const form = { ...(await shown()), ...adding("DIS91", { "endpoint-new-0": foreignId }) };
    expect((await post("preview", form, other)).status).toBe(403);
    const whole = { ...(await shown()) };
    expect((await post("save", whole, other)).status).toBe(403);
    const refused = await listJournal(db, { gln, outcome: "refused", limit: 10 });
    expect(refused.map((entry) => entry.action)).toEqual(["registration.edit", "registration.edit"]);
    const { location } = await page(other);
    expect(location).toMatchObject({ mayEdit: false, helper: { kind: "supplier" } });
  });

  test("nobody signed in is sent to the login page, by page and by every action", async () => {
    const anonymous: Actor = { kind: "anonymous" };
    await expect(page(anonymous)).rejects.toMatchObject({ status: 303 });
    for (const action of ["preview", "save", "edit"] as const) {
      expect(await post(action, {}, anonymous)).toMatchObject({ status: 303 });
    }
  });

  test("what somebody else saved meanwhile is not overwritten: the second is told", async () => {
    const form = await shown();
    expect((await post("save", { ...form, ...adding("DIS91") })).status).toBe(303);
    const late = await post("save", { ...form, ...adding("DIS01") });
    expect(late.status).toBe(400);
    expect(late.data?.problem.formFaults[0]).toMatch(/imens/);
    expect(await present()).toEqual(["DIS91 D9134L"]);
    const { etag } = await getLocation(createContext(db, mine, now), { gln });
    expect(etag).not.toBe(form.etag);
  });

  test("a form without its tag, or with SQL in it, is not one of ours", async () => {
    expect((await post("save", adding("DIS91"))).status).toBe(400);
    expect((await post("save", { ...adding("DIS91"), etag: "'; drop table locations; --" })).status).toBe(
      400,
    );
  });
});
