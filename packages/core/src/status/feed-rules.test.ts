import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FeedEntry, rssFeed, windowsCalendar } from "./index.ts";
import { atomFeed, jsonFeed } from "./notice-formats.ts";
import type { Notice } from "./read-notices.ts";

const origin = "https://sor.example.dk";
const address = { origin, selfPath: "/drift/rss.xml?type=servicevindue", narrowedTo: "Servicevindue" };
const id = "0198c5a0-0000-7000-8000-000000000001";
const entry: FeedEntry = {
  ...{ id, noticeId: "0198c5a0-0000-7000-8000-00000000000a", number: 2, kind: "window", state: "scheduled" },
  ...{
    title: "Opdatering & flytning",
    text: "Vi opdaterer.\n\nHusk det.",
    services: [{ id: "sor", nameDa: "SOR" }],
  },
  plannedStart: new Date("2026-10-24T20:00:00Z"),
  plannedEnd: new Date("2026-10-25T00:30:00Z"),
  publishedAt: new Date("2026-01-11T15:08:00Z"),
  changedAt: new Date("2026-01-12T15:08:00Z"),
};
const rss = rssFeed([entry], address);
const [head = "", item = ""] = rss.split("<item>");
const count = (text: string, part: RegExp) => text.match(part)?.length ?? 0;
const bytes = (text: string) => Buffer.byteLength(text);

describe("rules of the feed that hold for every document", () => {
  test.each<[string, () => void]>([
    [
      "F2: only the namespaces that are used are declared",
      () => {
        expect(count(rss, /xmlns:/g)).toBe(1);
        expect(rss).toContain("<atom:link");
      },
    ],
    ["F3: no XSLT", () => expect(rss).not.toContain("text/xsl")],
    ["F4: the root stands within the first 512 bytes", () => expect(rss.slice(0, 512)).toContain("<rss")],
    ["F6: the language is that of the notices", () => expect(head).toContain("<language>da</language>")],
    [
      "F7: one self link, to this very variant",
      () => {
        expect(count(rss, /rel="self"/g)).toBe(1);
        expect(head).toContain(`href="${origin}/drift/rss.xml?type=servicevindue"`);
      },
    ],
    [
      "F8: lastBuildDate is the newest change",
      () => expect(head).toContain("<lastBuildDate>Mon, 12 Jan 2026 15:08:00 GMT</lastBuildDate>"),
    ],
    [
      "F9: ttl and docs",
      () => expect(head).toMatch(/<ttl>15<\/ttl>[\s\S]*<docs>|<docs>[\s\S]*<ttl>15<\/ttl>/),
    ],
    ["F10: no editor without an address", () => expect(rss).not.toMatch(/managingEditor|webMaster/)],
    ["F11: the channel has no pubDate", () => expect(head).not.toContain("<pubDate>")],
    [
      "F13: the guid is the update's and no link",
      () => expect(item).toContain(`<guid isPermaLink="false">urn:uuid:${id}</guid>`),
    ],
    [
      "F14: the link is absolute, to the update",
      () => expect(item).toContain(`<link>${origin}/drift/${entry.noticeId}#opdatering-2</link>`),
    ],
    [
      "F16: the description is escaped HTML of safe tags",
      () => {
        const html = /<description>([\s\S]*?)<\/description>/.exec(item)?.[1] ?? "";
        expect(html).not.toContain("<p>");
        expect(html).toMatch(/Vi opdaterer\..*Husk det\./s);
      },
    ],
    [
      "F17: full dates with year and the services as text",
      () => {
        expect(item).toContain("24-10-2026 kl. 22:00");
        expect(item).toContain("25-10-2026 kl. 02:30 (sommertid)");
        expect(item).toContain("Berører: SOR");
      },
    ],
    [
      "F18: no date lies after the publishing, also for a planned window",
      () => expect(item).toContain("<pubDate>Sun, 11 Jan 2026 15:08:00 GMT</pubDate>"),
    ],
    [
      "F19: categories by service, kind and state",
      () => {
        expect(item).toContain(`<category domain="${origin}/drift">SOR</category>`);
        expect(count(item, /<category/g)).toBe(3);
        expect(item).not.toMatch(/<category[^>]*><\/category>/);
      },
    ],
    [
      "F35: no hub is named, in no format",
      () => {
        for (const text of [rss, atomFeed([entry], address), jsonFeed([entry], address)])
          expect(text).not.toMatch(/rel="hub"|"hubs"/);
      },
    ],
  ])("%s", (_name, hold) => hold());
});

/** Reads a calendar by RFC 5545 on its own: folded lines of at most 75 octets, balanced parts, unescaped texts. */
function readCalendar(text: string): Record<string, string>[] {
  expect(text.endsWith("\r\n")).toBe(true);
  const physical = text.slice(0, -2).split("\r\n");
  for (const line of physical) {
    expect(bytes(line)).toBeLessThanOrEqual(75);
    expect(line).not.toMatch(/[\r\n]/);
  }
  const lines = physical.join("\r\n").replaceAll("\r\n ", "").split("\r\n");
  const open: string[] = [];
  const events: Record<string, string>[] = [];
  for (const line of lines) {
    const [, name = "", value = ""] =
      /^([A-Z-]+)(?:;[^:]*)?:(.*)$/s.exec(line) ?? expect.fail(`no property: ${line}`);
    if (name === "BEGIN") open.push(value);
    if (name === "BEGIN" && value === "VEVENT") events.push({});
    if (name === "END") expect(open.pop()).toBe(value);
    else if (open.at(-1) === "VEVENT" && name !== "BEGIN") {
      const event = events.at(-1) ?? {};
      expect(event[name], `${name} stands once`).toBeUndefined();
      event[name] = value.replaceAll(/\\([\\;,nN])/g, (_all, mark) => (/n/i.test(mark) ? "\n" : mark));
    }
  }
  expect(open).toEqual([]);
  return events;
}

test("the calendar of windows is read by another reader, whatever people wrote", () => {
  const windowOf = (title: string, text: string) => {
    const at = entry.publishedAt;
    const services = [{ id: "sor", nameDa: "SOR", nameEn: "SOR", environment: "production" }];
    const told = { id, number: 1, state: "scheduled", text, publishedAt: at, correctedAt: null };
    const updates = [{ ...told, isSent: true, spreadAt: null }];
    const { plannedStart, plannedEnd, noticeId } = entry;
    const header = { id: noticeId, kind: "window", title, priority: null, plannedStart, plannedEnd };
    const times = { createdAt: at, updatedAt: at, closedAt: null, nextUpdateBy: null, remindedAt: null };
    return { ...header, ...times, services, updates, state: "scheduled" } as Notice;
  };
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (written) => {
      const [event, ...others] = readCalendar(
        windowsCalendar([windowOf(`Ny; ${written}`, "Tekst, a\\b")], origin),
      );
      expect(others).toEqual([]);
      expect(event).toMatchObject({
        ...{ UID: `${entry.noticeId}@sor`, SEQUENCE: "0" },
        ...{ DTSTART: "20261024T200000Z", DTEND: "20261025T003000Z" },
      });
      expect(event?.["SUMMARY"]).toContain("Planlagt: Ny;");
      expect(event?.["DESCRIPTION"]).toContain("Tekst, a\\b");
      expect(event?.["DTSTAMP"]).toMatch(/^\d{8}T\d{6}Z$/);
    }),
    { numRuns: 60 },
  );
});
