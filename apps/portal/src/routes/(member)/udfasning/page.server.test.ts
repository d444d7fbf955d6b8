import type { Context } from "@sor/core";
import {
  aLocation,
  anEndpoint,
  aSupplier,
  aUser,
  editorsOfRegister,
  newGln,
  receives,
} from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import type { Outcome } from "../../../testing/unit-pages.ts";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";

let authority: Context;
let vendor: Context;
beforeAll(async () => {
  const world = await editorsOfRegister();
  const { db, system } = world;
  authority = world.authority();
  const supplierId = await aSupplier(db, "Vores");
  const scope = { kind: "supplier", supplierId } as const;
  vendor = (await aUser(db, "anna", { role: "vendor-editor", scope, supplierId }, system.now)).ctx;
  const endpointId = await anEndpoint(db, { supplierId });
  for (const gln of [newGln(), newGln()]) {
    await aLocation(db, { gln, supplierId });
    await receives(db, gln, endpointId, [["DIS01", "D0133L"]]);
  }
});

const open = async (ctx: Context, query = "") =>
  (await load(testEvent({ ctx, path: `/udfasning${query}` }) as never)) as PageData;

async function post(ctx: Context, action: keyof typeof actions, form: Record<string, string | File>) {
  const event = testEvent({ ctx, path: "/udfasning", form: form as Record<string, string> });
  return (await Promise.resolve(actions[action]?.(event as never)).catch(
    (thrown: unknown) => thrown,
  )) as Outcome;
}
const faultsOf = ({ status, data }: Outcome) => [status, Object.keys(data?.problem.fieldFaults ?? {})];
const given = {
  versionName: "DIS01 D0133L",
  phasedOutFrom: "1-1-2026",
  lastDay: "31-12-2026",
  successor: "DIS01 D0134L",
};

test("the authority phases a version out; the vendor sees how many receive it and moves them by one change set", async () => {
  expect((await post(vendor, "save", given)).status).toBe(403);
  expect((await post(authority, "save", given)).location).toBe("/udfasning?gemt=1");
  const seen = await open(vendor);
  expect(seen.versions).toMatchObject([{ name: "DIS01 D0133L", count: 2, lastDay: "2026-12-31" }]);
  expect(seen.report).toEqual([{ version: "DIS01 D0133L", supplier: "Vores", locations: 2, region: null }]);
  expect([seen.isAuthority, seen.mayMove]).toEqual([false, true]);
  const moved = await post(vendor, "move", { moved: "DIS01 D0133L", day: "" });
  expect(moved.location).toMatch(/^\/aendringssaet\/[0-9a-f-]{36}$/);
});

test("each fault is told at its field, and another's change is not overwritten", async () => {
  const wrong = { ...given, versionName: "DIS01 X", lastDay: "31-12-2025", successor: "DIS01" };
  expect(faultsOf(await post(authority, "save", { ...wrong, successor: "DIS01 D0134L" }))).toEqual([
    400,
    ["lastDay", "versionName"].toSorted(),
  ]);
  expect(faultsOf(await post(authority, "save", { ...given, successor: "DIS01" }))).toEqual([
    400,
    ["successor"],
  ]);
  const edited = (await open(authority, "?ret=DIS01%20D0133L")).edited;
  expect(edited?.successor).toBe("DIS01 D0134L");
  const late = await post(authority, "save", { ...given, etag: "old" });
  expect(late.data?.problem.formFaults).toEqual(["En anden har rettet versionens udfasning imens."]);
  expect(
    (await post(authority, "end", { versionName: "DIS01 D0133L", etag: edited?.etag ?? "" })).location,
  ).toBe("/udfasning?gemt=1");
  expect((await open(authority)).versions).toEqual([]);
});
