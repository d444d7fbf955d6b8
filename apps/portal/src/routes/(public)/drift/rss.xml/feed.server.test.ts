import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createNotice } from "@sor/core/status";
import { testDatabaseUrl } from "@sor/core/testing";
import { parseRssFeed } from "feedsmith";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPortal } from "../../../../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
afterAll(() => closeDatabase(db));
const dataDir = await mkdtemp(join(tmpdir(), "sor-feed-"));
let portal: Awaited<ReturnType<typeof startPortal>>;

beforeAll(async () => {
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date("2026-05-01T08:00:00Z"));
  const notice = { text: "Vi undersøger.", services: ["edi-gateway"], send: true };
  await createNotice(ctx, {
    ...notice,
    kind: "incident",
    title: "Langsomt",
    state: "investigating",
    priority: 2,
  });
  await createNotice(ctx, {
    ...notice,
    kind: "information",
    title: "Nyt",
    state: "published",
    services: ["sor"],
  });
  portal = await startPortal(url, { DATA_DIR: dataDir });
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const get = (path: string, init?: RequestInit) =>
  fetch(portal.origin + path, { redirect: "manual", ...init });

describe("the other formats over HTTP", () => {
  test.each([
    ["/drift/atom.xml", "application/atom+xml; charset=utf-8"],
    ["/drift/feed.json", "application/feed+json; charset=utf-8"],
    ["/drift/servicevinduer.ics", "text/calendar; charset=utf-8"],
  ])("%s has its own type and validators, and answers 304", async (path, type) => {
    const response = await get(path);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
    const etag = response.headers.get("etag") ?? "";
    expect((await get(path, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect(response.headers.get("set-cookie")).toBeNull();
  });

  test("F32: the filters of RSS narrow Atom and JSON Feed too, with their own address", async () => {
    const atom = await (await get("/drift/atom.xml?type=information")).text();
    expect(atom.match(/<entry>/g)).toHaveLength(1);
    expect(atom).toContain(`href="${portal.origin}/drift/atom.xml?type=information"`);
    expect((await get("/drift/feed.json?type=findes-ikke")).status).toBe(400);
  });

  test.each([
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
  ])("/api/v2/%s.json answers every site, with an ETag and for half a minute", async (name) => {
    const response = await get(`/api/v2/${name}.json`, { headers: { origin: "https://other.example" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("cache-control")).toBe("public, max-age=30, stale-while-revalidate=60");
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    const { page } = (await response.json()) as { page: { url: string } };
    expect(page.url).toBe(`${portal.origin}/drift`);
  });

  test("a name that Statuspage does not know is 404", async () => {
    expect((await get("/api/v2/findes-ikke.json")).status).toBe(404);
  });
});

describe("the RSS feed over HTTP", () => {
  test("F4, F27 to F29: type, validators and caching, and no cookie", async () => {
    const response = await get("/drift/rss.xml");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("public, max-age=60");
    expect(response.headers.get("vary")).toMatch(/accept-encoding/i);
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("last-modified")).toBe("Fri, 01 May 2026 08:00:00 GMT");
    expect(parseRssFeed(await response.text()).items).toHaveLength(2);
  });

  test("F34: the sitemap lists every notice's page, with when it last changed", async () => {
    const feed = parseRssFeed(await (await get("/drift/rss.xml")).text());
    const pages = (feed.items ?? []).map(({ link }) => String(link).replace(/#.*$/, ""));
    const sitemap = await (await get("/sitemap.xml")).text();
    expect(pages).toHaveLength(2);
    for (const page of pages)
      expect(sitemap).toContain(`<loc>${page}</loc>\n<lastmod>2026-05-01T08:00:00.000Z`);
  });

  test("F27: an unchanged feed answers 304 to either validator, and the ETag wins over the date", async () => {
    const etag = (await get("/drift/rss.xml")).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    expect((await get("/drift/rss.xml", { headers: { "if-none-match": etag } })).status).toBe(304);
    const since = { "if-modified-since": "Fri, 01 May 2026 08:00:00 GMT" };
    expect((await get("/drift/rss.xml", { headers: since })).status).toBe(304);
    expect((await get("/drift/rss.xml", { headers: { ...since, "if-none-match": '"other"' } })).status).toBe(
      200,
    );
    expect((await get("/drift/rss.xml", { method: "HEAD" })).headers.get("etag")).toBe(etag);
  });

  test("F32: each filter is a separate feed, and an unknown filter is refused", async () => {
    const all = await get("/drift/rss.xml");
    const narrowed = await get("/drift/rss.xml?service=sor&type=information");
    const text = await narrowed.text();
    expect(parseRssFeed(text).items?.map((item) => item.title)).toEqual(["[Orientering] Nyt"]);
    expect(text).toContain(`href="${portal.origin}/drift/rss.xml?service=sor&#x26;type=information"`);
    expect(narrowed.headers.get("etag")).not.toBe(all.headers.get("etag"));
    for (const query of ["service=nowhere", "type=x", "q=1", "service=' or 1=1 --"]) {
      expect((await get(`/drift/rss.xml?${query}`)).status).toBe(400);
    }
  });

  test("F34: the short URL is a single permanent redirect", async () => {
    const response = await get("/rss");
    expect([response.status, response.headers.get("location")]).toEqual([301, "/drift/rss.xml"]);
  });

  test("F33: the status page names the feed in its head", async () => {
    const page = await (await get("/drift")).text();
    expect(page).toMatch(
      /<link rel="alternate" type="application\/rss\+xml" title="Driftsbeskeder - alle" href="\/drift\/rss.xml"/,
    );
  });

  test("F30: an abusive poller gets 429 with Retry-After", async () => {
    const from = { "x-test": "1" };
    const answers = await Promise.all(
      Array.from({ length: 140 }, () => get("/drift/rss.xml?type=window", { headers: from })),
    );
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

test("F31: without the database the last good copy is served, not an empty feed", async () => {
  const gone = await startPortal("postgres://sor:none@127.0.0.1:1/none", {
    DATA_DIR: dataDir,
    PORTAL_ORIGIN: portal.origin,
  });
  const response = await fetch(`${gone.origin}/drift/rss.xml`);
  expect(response.status).toBe(200);
  expect(parseRssFeed(await response.text()).items).toHaveLength(2);
});
