import { type Context, createContext } from "@sor/core";
import { getChangeSet } from "@sor/core/changesets";
import { applySet, aSupplier, draftSet, editorsOfRegister, newGln, unitToCreate } from "@sor/core/testing";
import { expect, test } from "vitest";
import { testEvent } from "../../../../../testing/events.ts";
import { load as loadLocation } from "../+page.server.ts";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";

const world = await editorsOfRegister();
const gln = newGln();
const supplierId = await aSupplier(world.db, "Nordlys");
const [ward] = (await applySet(world.system, [unitToCreate(world.house, { level: "unit" })])) as [string];
const fields = { supplierId, regionCode: "1083", ediAdministrator: "Regionen" };
await applySet(world.region(), [
  { kind: "location.create", gln, validFrom: "2026-06-01", unitSorId: ward, fields },
]);
const change = { kind: "location.change", gln, validFrom: "2026-07-01", fields: { note: "Ny note" } };
await applySet(world.region(), [change]);

const eventOf = (ctx: Context, form?: Record<string, string>) =>
  testEvent({ ctx, path: `/lokationer/${gln}/historik`, params: { gln }, ...(form && { form }) }) as never;
const read = async (ctx: Context) => (await load(eventOf(ctx))) as PageData;

test("a change of a location number is undone from its history, by those who edit location numbers", async () => {
  const ctx = world.region();
  const { page, bySet } = await read(ctx);
  const [line] = page.items;
  expect(line?.action).toBe("location.edit");
  expect(bySet).toContain(line?.sequence);
  const vendor = { kind: "user", id: "v", name: "V", supplierId, grants: [] } as const;
  expect((await read(createContext(world.db, vendor, ctx.now))).bySet).toEqual([]);
  const undone = await Promise.resolve(
    actions["undo"]?.(eventOf(ctx, { sequence: String(line?.sequence) })),
  ).catch((thrown: unknown) => thrown);
  const id = /saet\/([^?]+)/.exec((undone as { location: string }).location)?.[1] ?? "";
  const { items } = await getChangeSet(ctx, { id });
  expect(items.map(({ command }) => command.kind)).toEqual(["location.restore"]);
});

test("a location number's page names the open change sets that it is part of", async () => {
  const id = await draftSet(world.region(), [change]);
  const openTo = async (ctx: Context) => {
    const { openSets } = (await loadLocation(eventOf(ctx))) as { openSets: { id: string }[] };
    return openSets.map((set) => set.id);
  };
  expect(await openTo(world.region())).toContain(id);
  expect(await openTo(world.authority())).not.toContain(id);
});
