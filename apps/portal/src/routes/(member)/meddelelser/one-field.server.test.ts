import { testDatabase } from "@sor/core/testing";
import { expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { aMessageWorld } from "../../../testing/message-world.ts";
import { load } from "./+page.server.ts";
import type { PageData } from "./$types";

const db = await testDatabase();
const world = await aMessageWorld(db, new Date("2026-03-01T10:00:00Z"), 1);
const both = await world.send(["M1", "M2"]);
const list = async (path: string) =>
  (await load(testEvent({ ctx: world.at(world.from), path }) as never)) as PageData;

test("one field finds by reference and by location number, beside the chosen state", async () => {
  const ids = async (path: string) => (await list(path)).messages.map(({ id }) => id).sort();
  expect(await ids("/meddelelser?text=M2")).toEqual([both[1]]);
  expect(await ids(`/meddelelser?text=${world.receiver}&state=queued`)).toEqual(both.toSorted());
  expect(await ids("/meddelelser?text=M3")).toEqual([]);
});

test("states with messages are links with counts, and the chosen one stays", async () => {
  expect((await list("/meddelelser?text=M1")).states).toMatchObject([
    { state: "queued", count: 1, isChosen: false, href: "/meddelelser?text=M1&state=queued" },
  ]);
  expect((await list("/meddelelser?state=dead")).states).toMatchObject([
    { state: "queued", count: 2, isChosen: false },
    { state: "dead", count: 0, isChosen: true },
  ]);
});

test("what looks like a personal number is not searched for, and the page says where to", async () => {
  const { problem, messages } = await list("/meddelelser?text=251248-4916");
  expect(problem?.fieldFaults["text"]?.[0]).toMatch(/^Det ligner et CPR-nummer/);
  expect(messages).toEqual([]);
});
