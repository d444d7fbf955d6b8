import type { Context } from "@sor/core";
import { listApprovalRules } from "@sor/core/changesets";
import { editorsOfRegister } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../../testing/events.ts";
import type { Outcome } from "../../../../testing/unit-pages.ts";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
beforeAll(async () => {
  world = await editorsOfRegister();
});

const page = async (ctx: Context) =>
  (await load(testEvent({ ctx, path: "/aendringssaet/regler" }) as never)) as PageData;

async function post(
  ctx: Context,
  action: keyof typeof actions,
  form: Record<string, string>,
): Promise<Outcome> {
  try {
    const event = testEvent({ ctx, path: "/aendringssaet/regler", form });
    return (await actions[action]?.(event as never)) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

test("a region lays a rule on its part by the unit's name and number, and a second person ends it", async () => {
  const { owner, otherOwner, region, authority } = world;
  const shown = async (ctx: Context) =>
    (await page(ctx)).rules.find(({ subtreeSorId }) => subtreeSorId === owner);
  for (const [typed, field] of [
    ["1234", "subtreeSorId"],
    [otherOwner, undefined],
    ["", undefined],
  ] as const) {
    const { status, data } = await post(region(), "add", { kind: "any", subtreeSorId: typed });
    expect([status, Object.keys(data?.problem.fieldFaults ?? {})]).toEqual([
      field ? 400 : 403,
      field ? [field] : [],
    ]);
  }
  const added = await post(region(), "add", { kind: "any", subtreeSorId: `Regionen · ${owner}` });
  expect(added.location).toBe("/aendringssaet/regler?gjort=added");
  const id = (await shown(region()))?.id ?? "";
  expect((await post(region(), "end", { id })).location).toContain("gjort=asked");
  expect(await shown(region())).toMatchObject({ isOwnRequest: true, mayEnd: true });
  expect((await post(region(), "end", { id })).data?.problem.formFaults).toEqual([
    "En anden person skal bekræfte, at reglen ophører. Indtil da gælder den.",
  ]);
  expect((await post(authority(), "keep", { id })).location).toContain("gjort=kept");
  await post(region(), "end", { id });
  expect((await post(authority(), "end", { id })).location).toContain("gjort=ended");
  expect((await listApprovalRules(authority())).map(({ kind }) => kind)).toEqual([
    "many-endings",
    "move-across-owners",
  ]);
});
