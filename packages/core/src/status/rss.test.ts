import fc from "fast-check";
import { parseRssFeed } from "feedsmith";
import { describe, expect, test } from "vitest";
import { type FeedEntry, feedEntries } from "./feed-entries.ts";
import type { Notice } from "./read-notices.ts";
import { rssFeed } from "./rss.ts";

const origin = "https://sor.example.dk";
const address = { origin, selfPath: "/drift/rss.xml" };

function anEntry(changes: Partial<FeedEntry> = {}): FeedEntry {
  return {
    id: "0198c5a0-0000-7000-8000-000000000001",
    noticeId: "0198c5a0-0000-7000-8000-00000000000a",
    number: 1,
    title: "Servicevindue på SOR-EDI",
    kind: "window",
    state: "completed",
    text: "Servicen kører normalt igen.",
    services: [{ id: "sor-edi", nameDa: "SOR-EDI" }],
    plannedStart: null,
    plannedEnd: null,
    publishedAt: new Date("2026-01-11T15:08:00Z"),
    changedAt: new Date("2026-01-11T15:08:00Z"),
    ...changes,
  };
}

describe("the RSS feed", () => {
  test("F1, F2: it begins with the declaration and the root without a byte order mark", () => {
    const text = rssFeed([anEntry()], address);
    expect(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom=')).toBe(
      true,
    );
  });

  test("F5 to F11: the channel has title, page, language, self link and the newest change", () => {
    const text = rssFeed([anEntry()], address);
    const feed = parseRssFeed(text);
    expect(feed).toMatchObject({ title: "Driftsbeskeder", link: `${origin}/drift`, language: "da", ttl: 15 });
    expect(text.match(/<atom:link rel="self"/g)).toHaveLength(1);
    expect(text).toContain(`href="${origin}/drift/rss.xml"`);
    expect(text).toContain("<lastBuildDate>Sun, 11 Jan 2026 15:08:00 GMT</lastBuildDate>");
    expect(text).not.toMatch(/<channel>[\s\S]*<pubDate>[\s\S]*<item>/);
  });

  test("F12 to F19: an item has a stable guid, an address with fragment, state in the title and categories", () => {
    const item = parseRssFeed(rssFeed([anEntry()], address)).items?.[0];
    expect(item).toMatchObject({
      title: "[Afsluttet] Servicevindue på SOR-EDI",
      link: `${origin}/drift/0198c5a0-0000-7000-8000-00000000000a#opdatering-1`,
      guid: { value: "urn:uuid:0198c5a0-0000-7000-8000-000000000001", isPermaLink: false },
      pubDate: "Sun, 11 Jan 2026 15:08:00 GMT",
    });
    expect(item?.categories?.map((category) => category.name)).toEqual([
      "SOR-EDI",
      "Servicevindue",
      "Afsluttet",
    ]);
    expect(item?.description).toContain("<p>Berører: SOR-EDI</p>");
    expect(item?.description).toContain("Opdateret: 11-01-2026 kl. 16:08");
  });

  test("F12: a corrected text changes neither guid nor pubDate, but the time of the newest change", () => {
    const before = rssFeed([anEntry()], address);
    const after = rssFeed(
      [anEntry({ text: "Mendet.", changedAt: new Date("2026-01-12T08:00:00Z") })],
      address,
    );
    const stamps = (text: string) => text.match(/<guid[\s\S]*?<\/guid>|<pubDate>[^<]*/g);
    expect(stamps(after)).toEqual(stamps(before));
    expect(after).toContain("<lastBuildDate>Mon, 12 Jan 2026 08:00:00 GMT</lastBuildDate>");
  });

  test("F15: & and < in titles are numeric references", () => {
    expect(rssFeed([anEntry({ title: "A & B <c>" })], address)).toContain("A &#x26; B &#x3C;c&#x3E;");
  });

  test("F18: a planned time is in the text, never a date in the future", () => {
    const entry = anEntry({
      plannedStart: new Date("2026-10-25T00:30:00Z"),
      plannedEnd: new Date("2026-10-25T01:30:00Z"),
    });
    const item = parseRssFeed(rssFeed([entry], address)).items?.[0];
    expect(item?.pubDate).toBe("Sun, 11 Jan 2026 15:08:00 GMT");
    expect(item?.description).toContain(
      "25-10-2026 kl. 02:30 (sommertid) til 25-10-2026 kl. 02:30 (normaltid)",
    );
  });

  test("F1, F22: whatever people write, the feed parses to one item without their markup", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.constantFrom(
        "]]>",
        "<script>x</script>",
        "&amp;",
        "\u0000\u0008\ud800",
        "😀".repeat(100),
        "æ".repeat(10_000),
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (title, text) => {
        const written = rssFeed([anEntry({ title: `a${title}`, text: `a${text}` })], address);
        expect(written).not.toMatch(/[\p{Cc}--[\t\n\r]]/v);
        const items = parseRssFeed(written).items ?? [];
        expect(items).toHaveLength(1);
        expect(items[0]?.description).not.toMatch(/<(?!\/?p>|br>)/);
      }),
      { numRuns: 300 },
    );
  });
});

test("F20, F21: entries are sorted newest first, at most 100, but every update of an open notice is kept", () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000);
  const notice = (id: string, count: number, from: number, closedAt: Date | null): Notice => ({
    id,
    kind: "incident",
    title: id,
    priority: 2,
    plannedStart: null,
    plannedEnd: null,
    createdAt: day(from),
    updatedAt: day(from),
    closedAt,
    nextUpdateBy: null,
    remindedAt: null,
    services: [],
    state: "investigating",
    updates: Array.from({ length: count }, (_, i) => ({
      id: `${id}-${i}`,
      number: i + 1,
      state: "investigating" as const,
      text: "x",
      publishedAt: day(from + i),
      correctedAt: null,
      isSent: true,
      spreadAt: null,
    })),
  });
  const entries = feedEntries([notice("old-open", 3, -500, null), notice("closed", 200, 0, day(200))]);
  expect(entries).toHaveLength(100);
  expect(entries.filter((entry) => entry.noticeId === "old-open")).toHaveLength(3);
  const times = entries.map((entry) => entry.publishedAt.getTime());
  expect(times).toEqual([...times].sort((a, b) => b - a));
});
