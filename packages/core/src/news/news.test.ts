import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { testDatabase } from "../testing/index.ts";
import {
  ArticleForm,
  addNewsFile,
  articleHtml,
  createArticle,
  deleteDraft,
  findNews,
  findNewsFile,
  getArticle,
  listNews,
  newestNews,
  newsAtom,
  newsJson,
  newsRss,
  readNewsArchive,
  removeNewsFile,
  saveArticle,
  slugOf,
} from "./index.ts";

const noon = new Date("2026-03-02T11:00:00Z");
const author = {
  ...({ kind: "user", id: "u1", name: "Rikke", supplierId: null } as const),
  grants: [{ role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const],
} as const;
let db: Database;
const at = (time: string | Date, actor: Context["actor"] = author) =>
  createContext(db, actor, new Date(time));
const form = (over: Record<string, string> = {}) =>
  ArticleForm.parse({
    title: "Ændring på Ærø",
    summary: "Kort sagt.",
    text: "Længere.",
    when: "now",
    ...over,
  });
const codeOf = (error: unknown) =>
  error instanceof DomainError ? `${error.code} ${error.details["fault"] ?? ""}` : error;

beforeEach(async () => {
  db = await testDatabase();
});

test("a draft and a planned article are nobody's to read until their time, by address, list, archive, feed and file", async () => {
  const id = await createArticle(
    at(noon),
    form({ when: "planned", publishAt: "03-03-2026 kl. 08:00", tags: "filer" }),
  );
  const bytes = Buffer.from("%PDF-1.7 x");
  const fileId = await addNewsFile(at(noon), { articleId: id, name: "a.pdf", description: "Bilaget", bytes });
  const seen = async (ctx: Context) => ({
    page: (await findNews(ctx, { slug: "aendring-paa-aeroe" })) !== undefined,
    listed: (await listNews(ctx, { limit: 9 })).total,
    years: (await readNewsArchive(ctx)).years.length,
    file: (await findNewsFile(ctx, { id: fileId, forAuthors: false })) !== undefined,
  });
  const [hidden, open] = [
    { page: false, listed: 0, years: 0, file: false },
    { page: true, listed: 1, years: 1, file: true },
  ];
  expect(await seen(at("2026-03-03T06:59:59Z"))).toEqual(hidden);
  expect(await seen(at("2026-03-03T07:00:00Z"))).toEqual(open);
  const { version } = await getArticle(at(noon), { id });
  await saveArticle(at("2026-03-04T08:00:00Z"), {
    ...form({ when: "draft", seenVersion: String(version) }),
    id,
  });
  expect(await seen(at("2026-03-05T08:00:00Z"))).toEqual(hidden);
});

test("an old address leads to the new one, is not given to another article, and comes back when the article takes it again", async () => {
  const id = await createArticle(at(noon), form());
  await saveArticle(at(noon), { ...form({ slug: "nyt-navn", seenVersion: "1" }), id });
  expect(await findNews(at(noon), { slug: "aendring-paa-aeroe" })).toEqual({ movedTo: "nyt-navn" });
  const taken = { ...form({ slug: "aendring-paa-aeroe" }) };
  expect(await createArticle(at(noon), taken).catch(codeOf)).toBe("conflict address-taken");
  const other = await createArticle(at(noon), form());
  expect((await getArticle(at(noon), { id: other })).slug).toBe("aendring-paa-aeroe-2");
  await saveArticle(at(noon), { ...form({ slug: "aendring-paa-aeroe", seenVersion: "2" }), id });
  expect(await findNews(at(noon), { slug: "aendring-paa-aeroe" })).toMatchObject({ id });
  expect(await findNews(at(noon), { slug: "nyt-navn" })).toEqual({ movedTo: "aendring-paa-aeroe" });
});

test("a correction says so with its time; ids and times of the feeds stay, and all three have the same", async () => {
  const id = await createArticle(at(noon), form({ tags: "shak, SHAK , filer" }));
  const later = "2026-03-09T11:00:00Z";
  await saveArticle(at(later), {
    ...form({ title: "Nyt", slug: "aendring-paa-aeroe", correction: "Dagen var forkert.", seenVersion: "1" }),
    id,
  });
  const { items } = await listNews(at(later), { limit: 9 });
  expect(items[0]).toMatchObject({
    publishAt: noon,
    corrections: [{ text: "Dagen var forkert.", at: new Date(later) }],
  });
  expect(newestNews(items)).toEqual(new Date(later));
  const address = { origin: "https://sor.example.org", selfPath: "/nyheder/rss.xml", tag: undefined };
  const [rss, atom, json] = [newsRss(items, address), newsAtom(items, address), newsJson(items, address)];
  const urn = `urn:uuid:${id}`;
  expect(rss).toContain(`<guid isPermaLink="false">${urn}</guid>`);
  expect(rss).toContain("<pubDate>Mon, 02 Mar 2026 11:00:00 GMT</pubDate>");
  expect(rss).toContain("<lastBuildDate>Mon, 09 Mar 2026 11:00:00 GMT</lastBuildDate>");
  expect(rss).toContain("Rettet 09-03-2026: Dagen var forkert.");
  expect(atom).toContain(`<id>${urn}</id>`);
  expect(JSON.parse(json).items[0]).toMatchObject({ id: urn, date_published: noon.toISOString() });
  expect(newsRss(items, address)).toBe(rss);
});

test("of two authors who opened the same version the second is refused", async () => {
  const id = await createArticle(at(noon), form());
  await saveArticle(at(noon), { ...form({ seenVersion: "1" }), id });
  expect(await saveArticle(at(noon), { ...form({ seenVersion: "1" }), id }).catch(codeOf)).toMatch(
    /^conflict/,
  );
});

test("only the authority writes; a refusal is journalled by change()", async () => {
  const reader = { ...author, grants: [{ ...author.grants[0], role: "reader" as const }] };
  expect(await createArticle(at(noon, reader), form()).catch(codeOf)).toMatch(/^not-allowed/);
  expect(await createArticle(at(noon, { kind: "anonymous" }), form()).catch(codeOf)).toMatch(
    /^not-signed-in/,
  );
});

test("files are known by their first bytes and their names, bounded, and told with size and checksum", async () => {
  const articleId = await createArticle(at(noon), form({ text: "![](kort.png)", when: "draft" }));
  const add = async (name: string, bytes: Buffer) =>
    await addNewsFile(at(noon), { articleId, name, description: "Et kort", bytes }).catch(codeOf);
  const png = Buffer.from("89504e470d0a1a0a00", "hex");
  expect(await add("kort.svg", Buffer.from("<svg/>"))).toBe("invalid file-type");
  expect(await add("kort.pdf", png)).toBe("invalid file-type");
  expect(await add("stort.png", Buffer.concat([png, Buffer.alloc(2_000_000)]))).toBe(
    "invalid file-too-large",
  );
  const fileId = (await add("C:\\mappe\\kort.png", png)) as string;
  expect(await add("kort.png", png)).toBe("invalid file-name-taken");
  const article = await getArticle(at(noon), { id: articleId });
  const sha256 = createHash("sha256").update(png).digest("hex");
  expect(article.files).toMatchObject([{ id: fileId, name: "kort.png", type: "png", sizeBytes: 9, sha256 }]);
  expect(articleHtml(article)).toContain(`<img src="/nyheder/fil/${fileId}/kort.png" alt="Et kort"`);
  expect(await findNewsFile(at(noon), { id: fileId, forAuthors: false })).toBeUndefined();
  await removeNewsFile(at(noon), { articleId, fileId });
  expect(await findNewsFile(at(noon), { id: fileId, forAuthors: true })).toBeUndefined();
  for (let count = 0; count < 20; count += 1) await add(`${count}.png`, png);
  expect(await add("en-til.png", png)).toBe("invalid too-many-files");
});

test("a draft is deleted; what was public is not", async () => {
  const draft = await createArticle(at(noon), form({ when: "draft" }));
  await deleteDraft(at(noon), { id: draft });
  expect(await getArticle(at(noon), { id: draft }).catch(codeOf)).toMatch(/^not-found/);
  const id = await createArticle(at(noon), form());
  expect(await deleteDraft(at(noon), { id }).catch(codeOf)).toMatch(/^conflict/);
});

test.each([
  ["29-03-2026 kl. 02:30", "", "no-such-time"],
  ["25-10-2026 kl. 02:30", "", "ambiguous-time"],
  ["", "", "not-a-time"],
  ["30-02-2026 kl. 08:00", "", "no-such-day"],
])("the time %s cannot be planned without an answer: %s", (publishAt, publishAtHour, fault) => {
  const read = ArticleForm.safeParse({
    title: "Titel",
    summary: "Kort",
    text: "Tekst",
    when: "planned",
    publishAt,
    publishAtHour,
  });
  expect(read.error?.issues.map(({ path, message }) => [path[0], message])).toEqual([["publishAt", fault]]);
});

test("of the hour that occurs twice the chosen one is planned", () => {
  const planned = (publishAtHour: string) =>
    form({ when: "planned", publishAt: "25-10-2026 kl. 02:30", publishAtHour }).publishAt?.toISOString();
  expect([planned("summer"), planned("normal")]).toEqual([
    "2026-10-25T00:30:00.000Z",
    "2026-10-25T01:30:00.000Z",
  ]);
});

test("an address is made of any title", () => {
  expect(["Ærø på ø", "  --  ", "Café & <b>", "日本"].map(slugOf)).toEqual([
    "aeroe-paa-oe",
    "nyhed",
    "cafe-b",
    "nyhed",
  ]);
});
