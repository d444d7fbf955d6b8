import { type Context, createContext } from "@sor/core";
import { getNumber } from "@sor/core/location-numbers";
import { editorsOfRegister } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import type { Outcome } from "../../../testing/unit-pages.ts";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
beforeAll(async () => {
  world = await editorsOfRegister();
});

const open = async (ctx: Context, query = "") =>
  (await load(testEvent({ ctx, path: `/nummerraekker${query}` }) as never)) as PageData;

async function post(ctx: Context, action: keyof typeof actions, form: Record<string, string>) {
  const event = testEvent({ ctx, path: "/nummerraekker", form });
  return (await Promise.resolve(actions[action]?.(event as never)).catch(
    (thrown: unknown) => thrown,
  )) as Outcome;
}
const faultsOf = ({ status, data }: Outcome) => [status, Object.keys(data?.problem.fieldFaults ?? {})];
const reserved = async (ctx: Context, unitSorId: string) => {
  const form = { holder: "Afsnit 1", unitSorId, keptTo: "31-08-2026" };
  return (await post(ctx, "reserve", form)).location?.slice(-13) ?? "";
};

test("the authority adds a range and closes it; what is wrong is told at its field", async () => {
  const { authority, region, owner } = world;
  const range = { prefix: "5790009", from: "0", to: "4", note: "" };
  expect(faultsOf(await post(authority(), "add", { ...range, prefix: "57", to: "-1" }))).toEqual([
    400,
    ["prefix", "to"],
  ]);
  expect(faultsOf(await post(region(), "add", range))[0]).toBe(403);
  expect((await post(authority(), "add", range)).location).toBe("/nummerraekker?gjort=added");
  expect(faultsOf(await post(authority(), "add", range))).toEqual([400, ["from"]]);
  await reserved(region(), owner);
  const [shown] = (await open(authority())).ranges;
  expect(shown).toMatchObject({
    first: "579000900000",
    last: "579000900004",
    size: 5,
    left: 4,
    isOpen: true,
  });
  const id = shown?.id ?? "";
  expect((await post(region(), "shut", { id })).status).toBe(403);
  expect((await post(authority(), "shut", { id })).location).toContain("gjort=closed");
  expect(
    faultsOf(await post(region(), "reserve", { holder: "A", unitSorId: owner, keptTo: "31-08-2026" }))[0],
  ).toBe(400);
  expect((await post(authority(), "reopen", { id })).location).toContain("gjort=opened");
});

test("a region reserves for its own part, up to and including the day, then gives out, releases or retires", async () => {
  const { authority, region, owner, otherOwner } = world;
  const gln = await reserved(region(), `Regionen · ${owner}`);
  const shown = (await open(region())).numbers.find((number) => number.gln === gln);
  expect(shown).toMatchObject({ state: "reserved", unitSorId: owner, keptTo: "2026-08-31" });
  const lastDay = createContext(world.db, region().actor, new Date("2026-08-31T20:00:00Z"));
  expect((await getNumber(lastDay, { gln })).state).toBe("reserved");
  for (const [unitSorId, status] of [
    [otherOwner, 403],
    ["", 403],
    ["1234", 400],
  ] as const)
    expect(
      faultsOf(await post(region(), "reserve", { holder: "A", unitSorId, keptTo: "31-08-2026" }))[0],
    ).toBe(status);
  expect(
    faultsOf(await post(region(), "reserve", { holder: "A", unitSorId: owner, keptTo: "31-08-2031" })),
  ).toEqual([400, ["keptTo"]]);
  expect((await post(region(), "allocate", { gln })).location).toBe(
    `/nummerraekker?gjort=allocated&nummer=${gln}`,
  );
  expect((await post(region(), "release", { gln })).data?.problem.formFaults).toEqual([
    "Kun et reserveret lokationsnummer kan frigives.",
  ]);
  const other = await reserved(authority(), otherOwner);
  expect((await post(region(), "release", { gln: other })).status).toBe(403);
  expect((await post(authority(), "release", { gln: other })).location).toContain("gjort=released");
  expect((await post(authority(), "retire", { gln: other })).location).toContain("gjort=retired");
  expect((await open(authority(), "?state=retired")).numbers.map((number) => number.gln)).toEqual([other]);
});
