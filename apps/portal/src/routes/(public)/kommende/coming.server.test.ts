import { createContext } from "@sor/core";
import { saveEdit } from "@sor/core/changesets";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { aHospital } from "../../../testing/unit-pages.ts";
import { load } from "./+page.server.ts";
import { GET as getCalendar } from "./kalender.ics/+server.ts";
import { GET as getFeed } from "./rss.xml/+server.ts";

let world: Awaited<ReturnType<typeof aHospital>>;
beforeAll(async () => {
  world = await aHospital();
  const change = {
    kind: "unit.change",
    sorId: world.ward,
    validFrom: "2026-08-01",
    attributes: { name: "Afsnit Å" },
  };
  await saveEdit(world.region(), { title: "Nyt navn", commands: [change], into: "now" });
});

type Data = {
  days: { day: string; changes: { id: string; address: string; by: { title: string } | null }[] }[];
  problem: object | null;
};
const visitor = () => createContext(world.db, { kind: "anonymous" }, world.region().now);
const open = async (query = "", ctx = visitor()) =>
  (await load(testEvent({ ctx, path: `/kommende${query}` }) as never)) as unknown as Data;

test("a change stands under its day with a link to the unit on that day; its set is for the editors", async () => {
  const { days } = await open(`?under=${world.hospital}`);
  expect(days).toMatchObject([
    {
      day: "2026-08-01",
      changes: [{ id: world.ward, address: `/enhed/${world.ward}?dag=2026-08-01`, by: null }],
    },
  ]);
  const [day] = (await open("", world.region())).days;
  expect(day?.changes[0]?.by).toMatchObject({ title: "Nyt navn" });
});

test("feed and calendar hold the same, and nothing of the author", async () => {
  const asked = (file: string) =>
    testEvent({ ctx: world.region(), path: `/kommende/${file}?under=${world.hospital}` }) as never;
  const rss = await (await getFeed(asked("rss.xml"))).text();
  expect(rss).toContain("<title>2026-08-01: Afsnit Å ændres</title>");
  expect(rss).not.toContain("region</");
  const calendar = await getCalendar(asked("kalender.ics"));
  expect(calendar.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
  expect(await calendar.text()).toContain("DTSTART;VALUE=DATE:20260801\r\nSUMMARY:Afsnit Å ændres\r\n");
});

test("what is no SOR id is told at its field; a unit that does not exist is not found", async () => {
  expect((await open("?under=123")).problem).toMatchObject({ fieldFaults: { under: [expect.any(String)] } });
});
