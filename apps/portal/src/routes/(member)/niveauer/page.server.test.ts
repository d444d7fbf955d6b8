import type { Context } from "@sor/core";
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
  (await load(testEvent({ ctx, path: `/niveauer${query}` }) as never)) as PageData;

async function post(ctx: Context, action: keyof typeof actions, form: Record<string, string>) {
  const event = testEvent({ ctx, path: "/niveauer", form });
  return (await Promise.resolve(actions[action]?.(event as never)).catch(
    (thrown: unknown) => thrown,
  )) as Outcome;
}
const faultsOf = ({ status, data }: Outcome) => [status, Object.keys(data?.problem.fieldFaults ?? {})];

test("the authority adds, renames and ends a level; somebody else's change is not overwritten", async () => {
  const { authority, region } = world;
  const level = { name: "Klinik", position: "7", code: "", lastDay: "" };
  expect((await post(region(), "add", level)).status).toBe(403);
  expect(faultsOf(await post(authority(), "add", { ...level, name: "", position: "x", code: "12" }))).toEqual(
    [400, ["name", "position", "code"]],
  );
  expect((await post(authority(), "add", level)).location).toBe("/niveauer?gjort=added");
  expect(faultsOf(await post(authority(), "add", level))).toEqual([400, ["name"]]);
  const { id = "", etag = "" } = (await open(authority())).levels.find(({ name }) => name === "Klinik") ?? {};
  expect((await open(authority(), `?ret=${id}`)).edited).toMatchObject({ name: "Klinik", lastDay: null });
  const ended = { ...level, id, etag, name: "Klinikker", lastDay: "31-05-2026" };
  expect((await post(authority(), "change", ended)).location).toBe("/niveauer?gjort=changed");
  expect((await open(authority(), `?ret=${id}`)).edited).toMatchObject({
    name: "Klinikker",
    lastDay: "2026-05-31",
    isExpired: true,
  });
  expect((await post(authority(), "change", { ...ended, name: "Andet" })).data?.problem.formFaults).toEqual([
    "En anden har rettet niveauet imens.",
  ]);
  await expect(open(region())).rejects.toMatchObject({ status: 403 });
});
