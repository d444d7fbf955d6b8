import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { completeGln } from "@sor/core/identifiers";
import { addRegistration, NewRegistration } from "@sor/core/message-types";
import { aLocation, anEndpoint, aVendor, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { load } from "./+page.server.ts";
import type { PageData } from "./$types";
import { load as loadHistory } from "./[gln]/historik/+page.server.ts";
import type { PageData as HistoryData } from "./[gln]/historik/$types";

const now = new Date("2026-03-01T10:00:00Z");
const glns = Array.from({ length: 60 }, (_, n) => completeGln(`57900${String(n + 1).padStart(7, "0")}`));
let db: Database;
let mine: Actor;
let other: Actor;

const userOf = (supplierId: string): Actor => ({
  kind: "user",
  id: `user-${supplierId}`,
  name: "Berit",
  supplierId,
  grants: [
    { role: "vendor-editor", scope: { kind: "supplier", supplierId }, validFrom: new Date(0), validTo: null },
  ],
});

beforeAll(async () => {
  db = await testDatabase();
  const [a, b] = [await aVendor(db), await aVendor(db)];
  [mine, other] = [userOf(a.supplierId), userOf(b.supplierId)];
  for (const gln of glns) await aLocation(db, { gln, supplierId: a.supplierId, nonActive: gln === glns[3] });
  const endpointId = await anEndpoint(db, { supplierId: a.supplierId });
  const added = NewRegistration.parse({ gln: glns[5], messageType: "DIS91", version: "D9134L", endpointId });
  await addRegistration(createContext(db, mine, now), added);
});

async function page(query: string, actor = mine): Promise<PageData> {
  const event = testEvent({ ctx: createContext(db, actor, now), path: `/lokationer${query}` });
  return (await load(event as never)) as PageData;
}
const shown = (data: PageData) => data.page.items.map((item) => item.gln);

test("fifty per page in order, and the next page continues after the last", async () => {
  const first = await page("");
  expect(first.page.count).toBe(60);
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
  expect((await page("")).page.count).toBe(60);
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
  expect(await historyFor(mine)).toMatchObject([{ ...added, who: "Berit" }]);
  expect(await historyFor(other)).toMatchObject([{ ...added, who: null }]);
  const anonymous = createContext(db, { kind: "anonymous" }, now);
  const closed = testEvent({ ctx: anonymous, params, path: `/lokationer/${glns[5]}/historik` });
  await expect((async () => await loadHistory(closed as never))()).rejects.toMatchObject({ status: 303 });
});
