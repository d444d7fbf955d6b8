import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { testDatabase } from "../testing/index.ts";
import {
  addNoticeUpdate,
  atomFeed,
  createNotice,
  feedEntries,
  jsonFeed,
  listFeedNotices,
  readStatus,
  recordProbes,
  rssFeed,
  statuspageAnswer,
  windowsCalendar,
} from "./index.ts";

const origin = "https://sor.example.dk";
const db = await testDatabase();
const at = (minute: number) =>
  createContext(db, { kind: "system", job: "test" }, new Date(Date.UTC(2026, 9, 24, 8, minute)));
const hostile = `]]> & <b>x</b> \u0007 ${"\u{1f525}"}`;
const incidentId = await createNotice(at(0), {
  ...{ kind: "incident", title: `Langsomt ${hostile}`, text: hostile, state: "investigating" },
  ...{ services: ["edi-gateway"], priority: 1 },
});
await addNoticeUpdate(at(5), { noticeId: incidentId, state: "monitoring", text: "Det ser bedre ud." });
// From 22:00 before the night on which the clock is set back until the second 02:30.
const windowId = await createNotice(at(10), {
  ...{ kind: "window", title: "Opdatering; af, alt", text: "Vi opdaterer.", state: "scheduled" },
  ...{ services: ["edi-gateway", "portal"] },
  ...{ plannedStart: new Date("2026-10-24T20:00:00Z"), plannedEnd: new Date("2026-10-25T01:30:00Z") },
});
const notices = await listFeedNotices(at(20));
const entries = feedEntries(notices);
const address = { origin, selfPath: "/drift/x" };

describe("the feeds", () => {
  test("F24: RSS, Atom and JSON Feed hold the same updates with the same ids and titles, whatever the text", () => {
    const rss = parseRssFeed(rssFeed(entries, address)).items ?? [];
    const atom = parseAtomFeed(atomFeed(entries, address)).entries ?? [];
    const { items = [] } = parseJsonFeed(jsonFeed(entries, address));
    const ids = rss.map(({ guid }) => guid?.value);
    expect(ids).toHaveLength(3);
    expect(atom.map(({ id }) => id)).toEqual(ids);
    expect(items.map(({ id }) => id)).toEqual(ids);
    expect(atom.map(({ title }) => (title as { value?: string })?.value ?? title)).toEqual(
      items.map(({ title }) => title?.replace("\u0007", "")),
    );
  });

  test("F23, F25, F26: Atom has id, author, self, RFC 3339 times, and later updates refer to the first", () => {
    const text = atomFeed(entries, address);
    expect(text).toContain(`<id>${origin}/drift/x</id>`);
    expect(text).toContain("<name>SOR</name>");
    expect(text.match(/rel="self"/g)).toHaveLength(1);
    expect(text).toContain('xml:lang="da"');
    const first = entries.find(({ noticeId, number }) => noticeId === incidentId && number === 1);
    expect(text.match(/<thr:in-reply-to/g)).toHaveLength(1);
    expect(text).toContain(`<thr:in-reply-to ref="urn:uuid:${first?.id}"`);
    expect(text).toContain("<updated>2026-10-24T08:10:00.000Z</updated>");
  });
});

describe("the calendar of windows", () => {
  const lines = async (minute: number) =>
    windowsCalendar(await listFeedNotices(at(minute), { kind: "window" }), origin)
      .replaceAll("\r\n ", "")
      .split("\r\n");

  test("has times in UTC, a stable UID, and a SEQUENCE that rises with every update; a window called off is CANCELLED", async () => {
    const before = await lines(20);
    expect(before).toContain("DTSTART:20261024T200000Z");
    expect(before).toContain("DTEND:20261025T013000Z");
    expect(before).toContain("SEQUENCE:0");
    expect(before).toContain("SUMMARY:Planlagt: Opdatering\\; af\\, alt");
    await addNoticeUpdate(at(30), { noticeId: windowId, state: "cancelled", text: "Aflyst." });
    const after = await lines(31);
    const uid = (all: string[]) => all.filter((line) => line.startsWith("UID:"));
    expect(uid(after)).toEqual(uid(before));
    expect(after).toContain("SEQUENCE:1");
    expect(after).toContain("STATUS:CANCELLED");
  });
});

describe("the shapes of Statuspage", () => {
  const facts = async () => {
    const services = (await readStatus(at(20), "production")).filter(
      ({ environment }) => environment === "production",
    );
    return { services, notices, origin };
  };

  test("give components, open incidents and coming windows, with ids as text and times with offset", async () => {
    await recordProbes(at(20), [{ target: "portal", isUp: true, latencyMilliseconds: 3 }]);
    const summary = JSON.parse(JSON.stringify(statuspageAnswer("summary", await facts())));
    expect(summary.page).toMatchObject({ time_zone: "Europe/Copenhagen", url: `${origin}/drift` });
    expect(summary.status).toEqual({
      indicator: "critical",
      description: "Driftsstop på mindst én tjeneste",
    });
    const states = Object.fromEntries(
      summary.components.map((one: { id: string; status: string }) => [one.id, one.status]),
    );
    expect(states).toMatchObject({ "edi-gateway": "major_outage", portal: "operational" });
    // What is not measured is not told as working.
    expect(states.sor).toBe("degraded_performance");
    const [incident] = summary.incidents;
    expect(incident).toMatchObject({
      ...{ id: incidentId, status: "monitoring", impact: "critical", resolved_at: null },
      created_at: "2026-10-24T10:00:00+02:00",
      shortlink: `${origin}/drift/${incidentId}`,
    });
    expect(incident.incident_updates.map(({ status }: { status: string }) => status)).toEqual([
      "monitoring",
      "investigating",
    ]);
    expect(summary.scheduled_maintenances[0]).toMatchObject({
      ...{ status: "scheduled", impact: "maintenance" },
      scheduled_for: "2026-10-24T22:00:00+02:00",
      scheduled_until: "2026-10-25T02:30:00+01:00",
    });
  });

  test("tell coming windows from those that run", async () => {
    const count = async (name: "scheduled-maintenances/upcoming" | "scheduled-maintenances/active") =>
      (statuspageAnswer(name, await facts()).scheduled_maintenances as unknown[]).length;
    expect([
      await count("scheduled-maintenances/upcoming"),
      await count("scheduled-maintenances/active"),
    ]).toEqual([1, 0]);
  });
});
