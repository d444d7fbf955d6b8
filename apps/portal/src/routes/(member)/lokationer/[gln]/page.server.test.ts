import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { findOpenDraft, getChangeSet } from "@sor/core/changesets";
import { completeGln } from "@sor/core/identifiers";
import { listJournal } from "@sor/core/journal";
import { addRegistration, listRegistrations, NewRegistration } from "@sor/core/message-types";
import { aLocation, anEndpoint, aVendor, testDatabase } from "@sor/core/testing";
import { startOfDayInDenmark } from "@sor/core/validity";
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

const { post, postNew, page, shown, present } = locationPage(() => ({ db, gln, mine, now }));

const adding = (types: string[], more: Form = {}): Form => ({ type: types, endpoint: endpointId, ...more });
const received = (pair: string) => `${pair} receive`;
const flat = (values: Record<string, string[]> = {}): Form =>
  Object.fromEntries(
    Object.entries(values).map(([name, list]) => [name, list.length === 1 ? (list[0] ?? "") : list]),
  );

/** Saves types, without the page. */
async function holds(...pairs: [string, string, Partial<NewRegistration>?][]): Promise<void> {
  const ctx = createContext(db, mine, now);
  for (const [messageType, version, more] of pairs) {
    await addRegistration(
      ctx,
      NewRegistration.parse({
        gln,
        messageType,
        version,
        endpointId,
        ...JSON.parse(JSON.stringify(more ?? {})),
      }),
    );
  }
}

describe("types that are added", () => {
  test("in two steps: the review, then a change set of its own; the result shows the gateway call", async () => {
    const first = await postNew("preview", { ...(await shown()), ...adding([received("DIS91 D9134L")]) });
    expect(first.review).toMatchObject([
      { kind: "added", messageType: "DIS91", warnings: [{ code: "missing-receipt" }] },
    ]);
    expect(await present()).toEqual([]);
    const saved = await postNew("save", flat(first.values));
    const setId = /gemt=(.*)$/.exec(saved.location ?? "")?.[1] ?? "";
    expect(await getChangeSet(createContext(db, mine, now), { id: setId })).toMatchObject({
      state: "applied",
    });
    expect(await present()).toEqual(["DIS91 D9134L"]);
    const [entry] = await listJournal(db, { gln, action: "registration.edit", limit: 1 });
    expect((await page(mine, now, `?gemt=${setId}`)).saved).toEqual({
      sequence: entry?.sequence,
      at: now,
      call: `curl 'http://127.0.0.1:8080/v1/routes/${gln}/DIS91?version=D9134L'`,
    });
    expect((await page(mine, now, "?gemt=%27%3B+rm")).saved).toBeUndefined();
  });

  test("into a draft nothing is saved in the register", async () => {
    const form = { ...(await shown()), ...adding([received("DIS91 D9134L")]), into: "draft" };
    expect((await postNew("save", form)).location).toMatch(/^\/aendringssaet\//);
    expect(await present()).toEqual([]);
    expect(await findOpenDraft(createContext(db, mine, now))).toMatchObject({ itemCount: 1 });
  });

  test("types to send need no endpoint, and do not answer lookups as received", async () => {
    await postNew("save", { ...(await shown()), type: ["REF01 H0131R send"], endpoint: "" });
    const { sections } = await page();
    expect(sections.map(({ direction, count }) => [direction, count])).toEqual([["send", 1]]);
  });

  const faults: [string, () => Form, string | null][] = [
    ["an unknown type", () => adding([received("DIS99 D9934L")]), "type"],
    ["SQL for a type", () => adding(["'; drop table registrations; --"]), "type"],
    ["an unknown direction", () => adding(["DIS91 D9134L sideways"]), "type"],
    [
      "another vendor's endpoint",
      () => adding([received("DIS91 D9134L")], { endpoint: foreignId }),
      "endpoint",
    ],
    [
      "SQL for an endpoint",
      () => adding([received("DIS91 D9134L")], { endpoint: "' or 1=1 --" }),
      "endpoint",
    ],
    ["no endpoint", () => adding([received("DIS91 D9134L")], { endpoint: "" }), "endpoint"],
    ["SQL for a day", () => adding([received("DIS91 D9134L")], { dag: "'; --" }), "dag"],
    ["a day that is none", () => adding([received("DIS91 D9134L")], { dag: "30-02-2026" }), "dag"],
    ["nothing ticked", () => adding([]), null],
  ];

  test("each fault is reported at its field, and nothing is saved", async () => {
    for (const [name, form, field] of faults) {
      const refused = await postNew("preview", { ...(await shown()), ...form() });
      expect(refused.status, name).toBe(400);
      const { fieldFaults, formFaults } = refused.data?.problem ?? { fieldFaults: {}, formFaults: [] };
      if (field !== null) expect(Object.keys(fieldFaults), name).toContain(field);
      else expect(formFaults, name).toHaveLength(1);
      expect((await postNew("save", { ...(await shown()), ...form() })).status, name).toBe(400);
    }
    expect(await present()).toEqual([]);
  });
});

describe("the panel", () => {
  const choose = (rows: string | string[], more: Form): Form => ({ valgt: rows, ...more });

  test("ends the ticked rows, all formats of a message together, after a last day in Denmark", async () => {
    await holds(["DIS91", "D9134L"], ["XDIS91", "XD9134L"], ["DIS01", "D0134L"]);
    const { sections } = await page();
    const rows = sections.flatMap(({ groups }) => groups.flatMap(({ messages }) => messages));
    expect(rows.map(({ key, types }) => [key, types.map(({ format }) => format)])).toEqual([
      ["DIS91 receive", ["EDIFACT", "XML"]],
      ["DIS01 receive", ["EDIFACT"]],
    ]);
    const end = choose("DIS91 receive", { handling: "end", dag: "31-07-2026" });
    const { review, values } = await post("preview", { ...(await shown()), ...end });
    expect(review?.map((line) => `${line.kind} ${line.messageType}`)).toEqual([
      "changed DIS91",
      "changed XDIS91",
    ]);
    await post("save", flat(values));
    const held = await listRegistrations(createContext(db, mine, now), { gln });
    expect(held.map(({ messageType, validTo }) => [messageType, validTo])).toEqual([
      ["DIS01", null],
      ["DIS91", startOfDayInDenmark("2026-08-01")],
      ["XDIS91", startOfDayInDenmark("2026-08-01")],
    ]);
    expect((await page()).coming.map(({ kind, at }) => [kind, at])).toEqual([
      ["ends", startOfDayInDenmark("2026-08-01")],
      ["ends", startOfDayInDenmark("2026-08-01")],
    ]);
  });

  test("moves everything to another endpoint from a day, without a gap", async () => {
    await holds(["DIS91", "D9134L"], ["DIS01", "D0134L"]);
    const move = { alle: "on", handling: "move", endpoint: secondId, dag: "01-07-2026" };
    const saved = await post("save", { ...(await shown()), ...move });
    expect(saved.status).toBe(303);
    expect((await page()).coming.map(({ kind, messageType }) => `${kind} ${messageType}`)).toEqual([
      "moves DIS01",
      "moves DIS91",
    ]);
  });

  test("a gap is a line of its own, and saving requires its tick", async () => {
    const validFrom = startOfDayInDenmark("2026-06-01");
    await holds(["XDIS91", "XD9133L"], ["XDIS91", "XD9134L", { validFrom }]);
    const open = (await page(mine, now, "?ret=XDIS91+XD9133L")).open;
    const fields = {
      ret: open?.key ?? "",
      start: open?.periods.map(({ start }) => start) ?? [],
      "endpoint-0": endpointId,
      "endpoint-1": endpointId,
      "to-0": "30-04-2026",
      "from-1": "01-06-2026",
      "to-1": "",
    };
    expect(open?.periods.map(({ pair, hasBegun }) => [pair, hasBegun])).toEqual([
      ["XDIS91 XD9133L", true],
      ["XDIS91 XD9134L", false],
    ]);
    const { review, values } = await post("preview", { ...(await shown()), ...fields });
    expect(review).toMatchObject([{ gaps: [{ from: startOfDayInDenmark("2026-05-01"), to: validFrom }] }]);
    const refused = await post("save", flat(values));
    expect(refused.status).toBe(400);
    const gap = review?.[0]?.gaps[0]?.id ?? "";
    expect(await post("save", { ...flat(values), gap })).toMatchObject({ status: 303 });
  });

  test("what is wrong stands at its field, and a type in force keeps its first day", async () => {
    await holds(["DIS91", "D9134L"]);
    const cases: [Form, string | null][] = [
      [{ handling: "end" }, null],
      [choose("DIS91 receive", { handling: "move", endpoint: "" }), "endpoint"],
      [choose("DIS91 receive", { handling: "move", endpoint: foreignId }), "endpoint"],
      [choose("DIS91 receive", { handling: "end", dag: "31-02-2026" }), "dag"],
      [choose("DIS91 receive", { handling: "end", dag: "01-02-2026" }), "dag"],
      [choose("DIS91 receive", { handling: "start", dag: "" }), "dag"],
      [choose("DIS91 receive", { handling: "start", dag: "01-07-2026" }), "dag"],
      [choose("DIS91 receive", { handling: "'; --" }), "handling"],
    ];
    for (const [form, field] of cases) {
      const fields = { dag: "", endpoint: "", version: "", ...form };
      const { status, data } = await post("preview", { ...(await shown()), ...fields });
      expect([status, ...Object.keys(data?.problem.fieldFaults ?? {})]).toEqual(
        field === null ? [400] : [400, field],
      );
    }
    expect(await present()).toEqual(["DIS91 D9134L"]);
  });

  test("the button for one row leads to its fields; posted as they are shown they change nothing", async () => {
    const within = { validFrom: new Date("2026-07-01T09:30:15Z"), validTo: new Date("2026-08-01T20:15:30Z") };
    await holds(["DIS91", "D9134L", within as never]);
    const opened = await post("open", choose("DIS91 receive", {}));
    expect(opened.location).toBe(`/lokationer/${gln}?ret=DIS91%20receive#ret`);
    const open = (await page(mine, now, "?ret=DIS91+receive")).open;
    const [period] = open?.periods ?? [];
    const fields = { ret: open?.key ?? "", start: period?.start ?? "", "endpoint-0": endpointId };
    const days = { "from-0": "01.07.2026", "to-0": "1/8/2026" };
    expect((await post("preview", { ...(await shown()), ...fields, ...days })).review).toEqual([]);
    const moved = await post("preview", { ...(await shown()), ...fields, ...days, "from-0": "02-07-2026" });
    expect(moved.review).toMatchObject([
      { kind: "changed", after: [{ validFrom: startOfDayInDenmark("2026-07-02") }] },
    ]);
  });

  test("going back from the review keeps the input", async () => {
    const back = (await post("edit", choose("DIS91 receive", { comment: "Efter aftale" }))) as {
      problem?: { values: Record<string, string[]> };
    };
    expect(back.problem?.values).toMatchObject({ valgt: ["DIS91 receive"], comment: ["Efter aftale"] });
  });
});

describe("two people at one location number", () => {
  test("what does not collide is merged and reviewed again, with what the other did", async () => {
    await holds(["DIS91", "D9134L"], ["DIS01", "D0134L"]);
    const form = await shown();
    const end = (row: string) => ({ ...form, valgt: row, handling: "end" });
    expect((await post("save", end("DIS91 receive"))).status).toBe(303);
    const late = await post("save", end("DIS01 receive"));
    expect(late.review).toMatchObject([{ kind: "ended", messageType: "DIS01" }]);
    expect(late.meanwhile).toMatchObject([{ who: "Berit", changes: [{ kind: "ended" }] }]);
    expect(await present()).toEqual(["DIS01 D0134L"]);
    expect((await post("save", flat(late.values))).status).toBe(303);
    expect(await present()).toEqual([]);
  });

  test("what both changed is shown from both sides, keeps the ticks, and is saved only when sent again", async () => {
    await holds(["DIS91", "D9134L"]);
    const form = await shown();
    const end = (dag: string) => ({
      ...form,
      valgt: "DIS91 receive",
      handling: "end",
      dag,
      comment: "Aftalt",
    });
    await post("save", end("31-12-2026"));
    const late = await post("save", end("30-11-2026"));
    expect(late.status).toBe(409);
    const { problem, meanwhile } = late.data ?? {};
    expect(problem?.fieldFaults["valgt-DIS91-receive"]?.join()).toMatch(/Berit.*31-12-2026.*30-11-2026/);
    expect(problem?.values).toMatchObject({ valgt: ["DIS91 receive"], comment: ["Aftalt"] });
    expect(meanwhile).toHaveLength(1);
    const again = await post("preview", flat(problem?.values as never));
    expect(again.review).toMatchObject([{ kind: "changed", messageType: "DIS91" }]);
  });
});

describe("users without the right", () => {
  test("another vendor's post is refused in both steps and journalled, and the page says whom to contact", async () => {
    await holds(["DIS91", "D9134L"]);
    const form = { ...(await shown()), valgt: "DIS91 receive", handling: "end" };
    expect((await post("preview", form, other)).status).toBe(403);
    expect((await post("save", form, other)).status).toBe(403);
    const refused = await listJournal(db, { gln, outcome: "refused", limit: 10 });
    expect(refused.map((entry) => entry.action)).toContain("registration.edit");
    const { location } = await page(other);
    expect(location).toMatchObject({ mayEdit: false, helper: { kind: "supplier" } });
  });

  test("an anonymous visitor is redirected to the login page by the page and by every action", async () => {
    const anonymous: Actor = { kind: "anonymous" };
    await expect(page(anonymous)).rejects.toMatchObject({ status: 303 });
    for (const action of ["preview", "save", "edit", "open"] as const) {
      expect(await post(action, {}, anonymous)).toMatchObject({ status: 303 });
    }
    expect(await postNew("save", {}, anonymous)).toMatchObject({ status: 303 });
  });
});
