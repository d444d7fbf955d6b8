import { beforeAll, expect, test } from "vitest";
import { aHospital, open } from "../../../../../testing/unit-pages.ts";
import { load } from "./+page.server.ts";
import type { HierarchyUnit, PictureLine } from "./view.ts";

let world: Awaited<ReturnType<typeof aHospital>>;
beforeAll(async () => {
  world = await aHospital();
});

type Data = {
  picture: PictureLine[];
  organisational: HierarchyUnit[];
  clinical: HierarchyUnit[];
  siblings: { count: number } | null;
};

test("the picture shows the units above, how many stand beside, and those below", async () => {
  const { picture, siblings } = await open<Data>(load, { ctx: world.region(), sorId: world.heart });
  expect(picture.map(({ depth, role }) => [depth, role])).toEqual([
    [0, "above"],
    [1, "above"],
    [2, "note"],
    [2, "self"],
    [3, "below"],
  ]);
  expect(picture.at(-1)?.text).toBe("Afsnit 1");
  expect(siblings?.count).toBe(1);
});

test("the organisational hierarchy is nested by parent, the clinical one only by units with a clinical level", async () => {
  const { organisational, clinical } = await open<Data>(load, { ctx: world.region(), sorId: world.hospital });
  expect(organisational).toMatchObject([
    {
      sorId: world.hospital,
      below: [
        { sorId: world.heart, below: [{ sorId: world.ward, below: [] }] },
        { sorId: world.eyes, below: [] },
      ],
    },
  ]);
  expect(clinical).toEqual([]);
});
