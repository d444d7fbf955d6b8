import { createContext } from "@sor/core";
import { saveEdit } from "@sor/core/changesets";
import { beforeAll, expect, test } from "vitest";
import type { TreeUnit } from "#lib/unit-edits/tree.ts";
import { aHospital, open } from "../../../testing/unit-pages.ts";
import { load } from "./+page.server.ts";

let world: Awaited<ReturnType<typeof aHospital>>;
beforeAll(async () => {
  world = await aHospital();
});

type Data = { problem: object | null; trees: { id: string; units: TreeUnit[] }[] };
const tree = async (query = "", ctx = world.region()) => await open<Data>(load, { ctx, sorId: "", query });
const shape = (units: readonly TreeUnit[]): unknown[] =>
  units.map(({ name, below }) => (below.length > 0 ? [name, shape(below)] : name));

test("a region sees its own part first; others see the register from the owners on", async () => {
  const { trees } = await tree();
  expect(trees.map(({ id }) => id)).toEqual(["egen", "hele"]);
  expect(trees[0]?.units.map(({ sorId }) => sorId)).toEqual([world.owner]);
  const visitor = createContext(world.db, { kind: "anonymous" }, world.region().now);
  const seen = await tree("", visitor);
  expect(seen.trees.map(({ id }) => id)).toEqual(["hele"]);
  expect(seen.trees[0]?.units.map(({ sorId }) => sorId).toSorted()).toEqual(
    [world.owner, world.otherOwner].toSorted(),
  );
});

test("a branch opens and closes by its link, and says how many are below and of what kind", async () => {
  const { owner, hospital, heart, eyes } = world;
  const [, all] = (await tree(`?aaben=${owner},${hospital}`)).trees;
  const region = all?.units.find(({ sorId }) => sorId === owner);
  const opened = region?.below.find(({ sorId }) => sorId === hospital);
  expect(opened).toMatchObject({ kind: "hospital", count: 2, isOpen: true });
  expect(opened?.toggle).toBe(`/register?aaben=${owner}#hele-${hospital}`);
  expect(opened?.below.map(({ sorId }) => sorId)).toEqual([heart, eyes]);
  expect(opened?.below[0]?.toggle).toBe(`/register?aaben=${owner},${hospital},${heart}#hele-${heart}`);
  expect(opened?.below[1]?.toggle).toBeNull();
});

test("the tree is that of its day, with closed units on request", async () => {
  const { system, heart, ward } = world;
  const close = { kind: "unit.close", sorId: ward, validTo: "2026-08-01", closing: "ended" };
  await saveEdit(system, { title: "Luk", commands: [close], into: "now" });
  const open = `?aaben=${world.owner},${world.hospital},${heart}`;
  const names = async (query: string) =>
    JSON.stringify(shape((await tree(open + query)).trees[1]?.units ?? []));
  expect(await names("&dag=31-07-2026")).toContain("Afsnit 1");
  expect(await names("&dag=01-08-2026")).not.toContain("Afsnit 1");
  expect(await names("&dag=01-08-2026&lukkede=1")).toContain("Afsnit 1");
});

test("what is no unit, or no day, changes nothing of the page", async () => {
  expect((await tree("?aaben=';drop,123")).trees[0]?.units[0]?.isOpen).toBe(false);
  expect((await tree("?dag=31-02-2026")).problem).toMatchObject({
    fieldFaults: { dag: [expect.any(String)] },
  });
});
