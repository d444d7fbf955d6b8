import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { getChangeSet } from "@sor/core/changesets";
import { completeGln } from "@sor/core/identifiers";
import { addRegistration, NewRegistration } from "@sor/core/message-types";
import { aLocation, anEndpoint, aPerson, aVendor, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";
import { load as loadHistory } from "./[gln]/historik/+page.server.ts";
import type { PageData as HistoryData } from "./[gln]/historik/$types";

const now = new Date("2026-03-01T10:00:00Z");
const glns = Array.from({ length: 120 }, (_, n) => completeGln(`57900${String(n + 1).padStart(7, "0")}`));
let db: Database;
let mine: Actor;
let other: Actor;
let endpointId: string;

beforeAll(async () => {
  db = await testDatabase();
  const [a, b] = [await aVendor(db), await aVendor(db)];
  [mine, other] = [await aPerson(db, a.supplierId, now), await aPerson(db, b.supplierId, now)];
  for (const gln of glns) await aLocation(db, { gln, supplierId: a.supplierId, nonActive: gln === glns[3] });
  endpointId = await anEndpoint(db, { supplierId: a.supplierId });
  const added = NewRegistration.parse({ gln: glns[5], messageType: "DIS91", version: "D9134L", endpointId });
  await addRegistration(createContext(db, mine, now), added);
});

async function page(query: string, actor = mine): Promise<PageData> {
  const event = testEvent({ ctx: createContext(db, actor, now), path: `/lokationer${query}` });
  return (await load(event as never)) as PageData;
}
const shown = (data: PageData) => data.page.items.map((item) => item.gln);

test("a hundred per page in order, and the next page continues after the last", async () => {
  const first = await page("");
  expect(first.page.count).toBe(120);
  const rest = await page(`?cursor=${first.page.next}`);
  expect([...shown(first), ...shown(rest)]).toEqual(glns.toSorted());
  expect([first.isFirst, rest.isFirst, rest.page.next]).toEqual([true, false, null]);
});

test("the form's filters become the query, and empty ones count as absent", async () => {
  expect(shown(await page("?text=&systemId=&messageType=DIS91&status=current&sort=-gln"))).toEqual([glns[5]]);
  expect(shown(await page("?status=inactive"))).toEqual([glns[3]]);
  expect(shown(await page(`?text=${glns[7]}`))).toEqual([glns[7]]);
});

test("SQL in every field finds nothing or is refused as invalid, and the register is unchanged", async () => {
  const sql = encodeURIComponent("'; drop table locations; --");
  expect(shown(await page(`?text=${sql}`))).toEqual([]);
  for (const field of ["systemId", "messageType", "status", "sort", "cursor"]) {
    await expect(page(`?${field}=${sql}`), field).rejects.toMatchObject({ code: "invalid" });
  }
  expect((await page("")).page.count).toBe(120);
});

test("another vendor sees none of them, and an anonymous visitor is redirected to the login page", async () => {
  expect((await page("", other)).page.count).toBe(0);
  await expect(page("", { kind: "anonymous" })).rejects.toMatchObject({ status: 303 });
});

test("the history shows who added what and when; others see only the supplier", async () => {
  const params = { gln: glns[5] ?? "" };
  const path = `/lokationer/${glns[5]}/historik`;
  const historyFor = async (actor: Actor) => {
    const event = testEvent({ ctx: createContext(db, actor, now), params, path });
    return ((await loadHistory(event as never)) as HistoryData).page.items;
  };
  const added = {
    at: now,
    changes: [{ kind: "added", subject: { messageType: "DIS91", version: "D9134L" } }],
  };
  expect(await historyFor(mine)).toMatchObject([{ ...added, who: (mine as { name: string }).name }]);
  expect(await historyFor(other)).toMatchObject([{ ...added, who: null }]);
  const anonymous = createContext(db, { kind: "anonymous" }, now);
  const closed = testEvent({ ctx: anonymous, params, path: `/lokationer/${glns[5]}/historik` });
  await expect((async () => await loadHistory(closed as never))()).rejects.toMatchObject({ status: 303 });
});

async function post(name: string, fields: Record<string, string | string[]>, query = "", actor = mine) {
  const event = testEvent({ ctx: createContext(db, actor, now), path: `/lokationer${query}`, form: fields });
  return await Promise.resolve(actions[name]?.(event as never)).catch((thrown: unknown) => thrown);
}

async function draftedBy(fields: Record<string, string | string[]>, query = "") {
  const { location } = (await post("plan", fields, query)) as { location: string };
  const set = await getChangeSet(createContext(db, mine, now), { id: location.split("/").at(-1) ?? "" });
  return { title: set.title, glns: set.items.map(({ command }) => (command as { gln: string }).gln) };
}

test("the panel drafts a set for the ticked numbers alone, also those of other pages", async () => {
  const ticked = [glns[110], glns[5]].toSorted() as string[];
  const add = {
    step: "add",
    "add-types": "REF01",
    "add-direction": "receive",
    "add-endpoint": endpointId,
    "add-day": "01-05-2026",
  };
  expect(await draftedBy({ selected: "ticked", "gln[]": ticked, ...add })).toEqual({
    title: "Tilføj: REF01",
    glns: ticked,
  });
});

test("the panel drafts a set for all that the search finds, less those that would not change", async () => {
  const end = { step: "end", "end-types": "DIS91, REF01", "end-direction": "", "end-day": "" };
  const found = await draftedBy({ selected: "all", ...end }, "?status=active");
  expect(found).toEqual({ title: "Lad ophøre: DIS91, REF01", glns: [glns[5]] });
});

test.each<[string, Record<string, string>, object]>([
  [
    "no ticks",
    { step: "end", "end-types": "DIS91", "end-direction": "", "end-day": "" },
    { formFaults: ["Vælg mindst ét lokationsnummer."] },
  ],
  [
    "no types",
    { step: "end", "end-types": " ", "end-direction": "", "end-day": "" },
    { fieldFaults: { "end-types": ["Skal udfyldes."] } },
  ],
  [
    "no type",
    { step: "end", "end-types": "DIS91 D9134L x", "end-direction": "", "end-day": "" },
    {
      fieldFaults: {
        "end-types": ["En meddelelsestype har 2 til 40 bogstaver, cifre, punktummer og bindestreger."],
      },
    },
  ],
  [
    "an unknown type",
    { step: "version", "version-from": "DIS91", "version-to": "HEST9", "version-day": "" },
    { fieldFaults: { "version-to": [expect.stringContaining("findes ikke")] } },
  ],
  [
    "two types for one",
    { step: "version", "version-from": "DIS91, REF01", "version-to": "DIS91", "version-day": "" },
    { fieldFaults: { "version-from": ["Skriv præcis én type."] } },
  ],
  [
    "no day",
    { step: "begin", "begin-types": "DIS91", "begin-day": "31-02-2026" },
    { fieldFaults: { "begin-day": [expect.any(String)] } },
  ],
])("the panel says what is missing at its field: %s", async (_name, fields, expected) => {
  expect(await post("plan", { selected: "ticked", ...fields })).toMatchObject({
    data: { problem: expected },
  });
});

test("ticks of other pages stay ticked, and what is no location number is not one", async () => {
  const { ticks } = await page(`?gln%5B%5D=${glns[3]}&gln%5B%5D=${glns[3]}&gln%5B%5D=x`);
  expect(ticks).toEqual([glns[3]]);
});

test("a filter that is mistyped is named at its field, and the rest is shown", async () => {
  const { filterProblem, page: shownPage } = await page("?changedSince=i+går&municipality=x");
  expect(Object.keys(filterProblem?.fieldFaults ?? {})).toEqual(["municipality", "changedSince"]);
  expect(shownPage.count).toBe(120);
});

test("a saved search leads to its list, for its account alone", async () => {
  expect(await post("save", { name: "Inaktive", query: "status=inactive" })).toMatchObject({
    location: "/lokationer?status=inactive",
  });
  expect((await page("")).searches).toEqual([{ name: "Inaktive", query: "status=inactive" }]);
  expect((await page("", other)).searches).toEqual([]);
  await post("remove", { name: "Inaktive" });
  expect((await page("")).searches).toEqual([]);
});
