import { beforeEach, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { testDatabase } from "../testing/index.ts";
import { lastDayOf, readQuarter } from "./due.ts";
import {
  createMilestone,
  dueText,
  listMilestones,
  MilestoneForm,
  quarterOf,
  roadmapCalendar,
  saveMilestone,
} from "./index.ts";

const noon = new Date("2026-03-02T11:00:00Z");
const author = {
  ...({ kind: "user", id: "u1", name: "Rikke", supplierId: null } as const),
  grants: [{ role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const],
} as const;
let db: Database;
beforeEach(async () => {
  db = await testDatabase();
});
const as = (actor: Context["actor"] = author, now = noon) => createContext(db, actor, now);
const form = (more: Record<string, string> = {}) =>
  MilestoneForm.parse({
    title: "Nye filer",
    text: "Hver nat.",
    due: "2. kvartal 2026",
    state: "planned",
    ...more,
  });
const codeOf = (error: unknown) => (error instanceof DomainError ? error.code : error);

test.each([
  ["2. kvartal 2026", "2026-Q2", "2026-06-30", "2. kvartal 2026"],
  ["2026-Q4", "2026-Q4", "2026-12-31", "4. kvartal 2026"],
  ["q1 2028", "2028-Q1", "2028-03-31", "1. kvartal 2028"],
  ["29-02-2028", "2028-02-29", "2028-02-29", "29-02-2028"],
  ["2026-07-01", "2026-07-01", "2026-07-01", "01-07-2026"],
])("%s is read as %s, sorted by %s and written %s", (text, due, day, shown) => {
  const read = form({ due: text }).due;
  expect([read, lastDayOf(read), dueText(read)]).toEqual([due, day, shown]);
});

test.each(["30-02-2026", "5. kvartal 2026", "2026-Q0", "snart", ""])("%s is no day and no quarter", (due) => {
  expect(MilestoneForm.safeParse({ title: "Abc", text: "Abc", due, state: "planned" }).success).toBe(false);
  expect(readQuarter(due)).toBeUndefined();
});

test("a day belongs to its quarter", () => {
  expect(["2026-03-31", "2026-04-01", "2026-Q3"].map(quarterOf)).toEqual(["2026-Q1", "2026-Q2", "2026-Q3"]);
});

test("what a milestone was stands in its history; the calendar has the same uid and a higher sequence, cancelled when given up", async () => {
  const id = await createMilestone(as(), form());
  await createMilestone(as(), form({ title: "Tidligere", due: "01-04-2026" }));
  const later = new Date("2026-05-01T10:00:00Z");
  const postponed = form({
    due: "Q1 2027",
    state: "postponed",
    note: "Test tager længere.",
    seenVersion: "1",
  });
  await saveMilestone(as(author, later), { ...postponed, id });
  const all = await listMilestones(as());
  expect(all.map(({ title }) => title)).toEqual(["Tidligere", "Nye filer"]);
  expect(all[1]?.history).toMatchObject([
    { version: 1, due: "2026-Q2", state: "planned", note: "", at: noon },
    { version: 2, due: "2027-Q1", state: "postponed", note: "Test tager længere.", at: later },
  ]);
  const calendar = roadmapCalendar(all, { origin: "https://sor.example.org" }).replaceAll("\r\n ", "");
  const event = calendar.split("BEGIN:VEVENT").find((part) => part.includes(id)) ?? "";
  expect(event).toContain(`UID:${id}@koereplan`);
  expect(event).toContain("DTSTART;VALUE=DATE:20270331");
  expect(event).toContain("SEQUENCE:1");
  expect(event).not.toContain("CANCELLED");
  await saveMilestone(as(), { ...form({ state: "dropped", seenVersion: "2" }), id });
  expect(roadmapCalendar(await listMilestones(as()), { origin: "" })).toContain("STATUS:CANCELLED");
});

test("of two who opened the same version the second is refused, and only the authority writes", async () => {
  const id = await createMilestone(as(), form());
  await saveMilestone(as(), { ...form({ seenVersion: "1" }), id });
  expect(await saveMilestone(as(), { ...form({ seenVersion: "1" }), id }).catch(codeOf)).toBe("conflict");
  expect(await createMilestone(as({ kind: "anonymous" }), form()).catch(codeOf)).toBe("not-signed-in");
});
