import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { testDatabase } from "../testing/index.ts";
import { addNoticeUpdate, createNotice, getNotice, tendWindows } from "./index.ts";

const db = await testDatabase();
const job = (at: string | Date) => createContext(db, { kind: "system", job: "windows" }, new Date(at));
const window = (start: string, end: string) => ({
  ...{ kind: "window" as const, title: "Opdatering", text: "Vi opdaterer.", state: "scheduled" as const },
  ...{ services: ["portal"], plannedStart: new Date(start), plannedEnd: new Date(end) },
});
const statesOf = async (id: string) =>
  (await getNotice(job("2027-01-01T00:00:00Z"), id)).updates.map(({ state }) => state);

// Both nights on which the clock changes, the second across midnight.
test.each([
  ["2026-03-28T23:00:00Z", "2026-03-29T02:00:00Z"],
  ["2026-10-24T20:00:00Z", "2026-10-25T01:30:00Z"],
])(
  "a window from %s to %s begins and ends by itself, once, however many processes look",
  async (start, end) => {
    const id = await createNotice(job("2026-03-01T08:00:00Z"), window(start, end));
    const look = (at: string) => Promise.all(Array.from({ length: 4 }, () => tendWindows(job(at))));
    await look(new Date(Date.parse(start) - 1000).toISOString());
    expect(await statesOf(id)).toEqual(["scheduled"]);
    await look(start);
    await look(start);
    expect(await statesOf(id)).toEqual(["scheduled", "in-progress"]);
    await look(end);
    await look(end);
    expect(await statesOf(id)).toEqual(["scheduled", "in-progress", "completed"]);
    expect((await getNotice(job(end), id)).closedAt).toEqual(new Date(end));
  },
);

test("a window that was called off or extended is left to its author", async () => {
  const planned = ["2026-05-01T20:00:00Z", "2026-05-01T22:00:00Z"] as const;
  const [off, longer] = [
    await createNotice(job("2026-04-01T08:00:00Z"), window(...planned)),
    await createNotice(job("2026-04-01T08:00:00Z"), window(...planned)),
  ];
  const say = async (noticeId: string, state: "cancelled" | "extended", at: string) =>
    await addNoticeUpdate(job(at), { noticeId, state, text: "Nyt om vinduet." });
  await say(off, "cancelled", "2026-04-02T08:00:00Z");
  await say(longer, "extended", "2026-05-01T21:00:00Z");
  expect(await tendWindows(job("2026-05-01T23:00:00Z"))).toBe(0);
  expect([await statesOf(off), await statesOf(longer)]).toEqual([
    ["scheduled", "cancelled"],
    ["scheduled", "extended"],
  ]);
});

test("a promise of the next update holds until the next update, and cannot be made for a time that has passed", async () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 8, minute));
  const incident = {
    ...{ kind: "incident" as const, title: "Langsomt", text: "Vi undersøger.", priority: 2 },
    ...{ state: "investigating" as const, services: ["portal"] },
  };
  const late = createNotice(job(at(0)), { ...incident, nextUpdateBy: at(0) });
  await expect(late).rejects.toMatchObject({ details: { field: "nextUpdateBy", fault: "next-update-over" } });
  const noticeId = await createNotice(job(at(0)), { ...incident, nextUpdateBy: at(30) });
  const promised = async () => (await getNotice(job(at(1)), noticeId)).nextUpdateBy;
  expect(await promised()).toEqual(at(30));
  const more = { noticeId, text: "Fundet.", state: "identified" as const, nextUpdateBy: at(60) };
  await addNoticeUpdate(job(at(20)), more);
  expect(await promised()).toEqual(at(60));
  await addNoticeUpdate(job(at(40)), { noticeId, text: "Løst.", state: "resolved" });
  expect(await promised()).toBeNull();
});
