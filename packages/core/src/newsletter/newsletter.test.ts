import { beforeEach, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import {
  ArticleForm,
  createArticle,
  packNewsMails,
  saveArticle,
  signUpForNews,
  spreadNews,
} from "../news/index.ts";
import { readFigures, recordSending, takeLetters, takeMessages, tendOutbox } from "../outbox/index.ts";
import { confirmSubscription, findSubscription, unsubscribe } from "../public-subscriptions/index.ts";
import { testDatabase } from "../testing/index.ts";
import {
  createIssue,
  getSentIssue,
  listSentIssues,
  packNewsletterMails,
  readIssueFigures,
  saveIssue,
  sendIssue,
  sendTestMail,
  spreadNewsletters,
} from "./index.ts";

const start = new Date("2026-03-02T11:00:00Z");
const origin = "https://sor.example.org";
const author = {
  ...({ kind: "user", id: "u1", name: "Rikke", supplierId: null } as const),
  grants: [{ role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const],
} as const;
let db: Database;
beforeEach(async () => {
  db = await testDatabase();
});
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const as = (actor: Context["actor"], seconds = 0) => createContext(db, actor, at(seconds));
const editor = (seconds = 0) => as(author, seconds);
const job = (seconds = 0) => as({ kind: "system", job: "test" }, seconds);
const codeOf = (error: unknown) => (error instanceof DomainError ? error.code : error);

type Topic = "news" | "newsletter";
let networks = 0;
const take = async (seconds: number) =>
  await takeMessages(job(seconds), { limit: 500, leaseSeconds: 60, channels: ["mail"] });

const sent = async (message: Awaited<ReturnType<typeof take>>[number], seconds: number) =>
  await recordSending(job(seconds), { message, outcome: { kind: "sent" }, random: 0 });

/** Signs up and confirms an address; returns the token of its mail. */
async function subscribed(
  topic: Topic,
  address: string,
  digest: "at-once" | "daily" = "at-once",
): Promise<string> {
  networks += 1;
  const form = { address, digest, language: "da", client: `192.0.2.${networks}`, origin, topic } as const;
  await signUpForNews(as({ kind: "anonymous" }), form);
  const mails = await take(0);
  for (const each of mails) await sent(each, 0);
  const mail = mails.find((each) => each.address === address);
  const token = /bekraeft\/([\w-]{32})/.exec(mail?.content.text ?? "")?.[1] ?? "";
  await confirmSubscription(as({ kind: "anonymous" }), { token, topics: [topic] });
  return token;
}
const article = async (title: string, more: Record<string, string> = {}) =>
  await createArticle(
    editor(),
    ArticleForm.parse({ title, summary: "Kort.", text: "Langt.", when: "now", ...more }),
  );
const mailed = async (seconds: number) => {
  await spreadNews(job(seconds));
  await spreadNewsletters(job(seconds));
  await packNewsMails(job(seconds), { portalOrigin: origin, limit: 500 });
  await packNewsletterMails(job(seconds), { portalOrigin: origin, limit: 500 });
  return await take(seconds);
};
const issueOf = async (...titles: string[]) => {
  const articles = await Promise.all(titles.map((title) => article(title, { isQuiet: "on" })));
  return await createIssue(editor(), {
    title: "Nyt om SOR",
    intro: "Hej **alle**.",
    articles,
    seenVersion: 0,
  });
};
test("an article is mailed once to those who want news, at its time, and not to readers of the newsletter", async () => {
  await subscribed("news", "anna@example.dk");
  await subscribed("newsletter", "bo@example.dk");
  const id = await article("Nye filer", { when: "planned", publishAt: "02-03-2026 kl. 12:30" });
  expect(await mailed(60)).toEqual([]);
  const mails = await mailed(1800);
  expect(mails.map(({ address, content }) => [address, content.subject])).toEqual([
    ["anna@example.dk", "[SOR nyt] Nye filer"],
  ]);
  expect(mails[0]?.content.text).toContain(`${origin}/nyheder/nye-filer`);
  for (const mail of mails) await sent(mail, 1801);
  const form = ArticleForm.parse({
    title: "Nye filer",
    summary: "Kort.",
    text: "Andet.",
    when: "now",
    seenVersion: "1",
  });
  await saveArticle(editor(2000), { ...form, id });
  expect(await mailed(4000)).toEqual([]);
});

test("M13: who wants one mail a day gets what was published in one mail at 07:00; nothing of what was withdrawn", async () => {
  await subscribed("news", "anna@example.dk", "daily");
  await article("Den ene");
  await article("Den anden");
  const gone = await article("Trukket");
  expect(await mailed(10)).toEqual([]);
  const draft = ArticleForm.parse({
    title: "Trukket",
    summary: "Kort.",
    text: "x y z",
    when: "draft",
    seenVersion: "1",
  });
  await saveArticle(editor(20), { ...draft, id: gone });
  const [mail, ...others] = await mailed(19 * 3600);
  expect(others).toEqual([]);
  expect(mail?.content.subject).toBe("[SOR nyt] 2 nyheder");
  expect(mail?.content.text).not.toContain("Trukket");
});

test("an issue is sent once, to those who agreed to the newsletter, with its articles, and is then in the archive as it was", async () => {
  await subscribed("newsletter", "bo@example.dk");
  await subscribed("news", "anna@example.dk");
  const id = await issueOf("Første", "Anden");
  expect(await listSentIssues(job())).toEqual([]);
  await sendIssue(editor(), { id, seenVersion: 1 });
  expect(await sendIssue(editor(), { id, seenVersion: 1 }).catch(codeOf)).toBe("conflict");
  const form = { title: "Andet", intro: "Andet.", articles: [], seenVersion: 1 };
  expect(await saveIssue(editor(), { ...form, id }).catch(codeOf)).toBe("conflict");
  const [mail, ...others] = await mailed(5);
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ address: "bo@example.dk", topic: "newsletter" });
  expect(mail?.content.subject).toBe("[SOR nyhedsbrev] Nyt om SOR");
  expect(mail?.content.html).toContain("Hej <strong>alle</strong>.");
  const places = ["/nyhedsbrev/1", "/nyheder/foerste", "/nyheder/anden"].map((path) =>
    mail?.content.text.indexOf(origin + path),
  );
  expect(places).toEqual(places.toSorted((a = 0, b = 0) => a - b));
  expect(await mailed(10)).toEqual([]);
  expect((await getSentIssue(job(), { number: 1 })).articles.map(({ title }) => title)).toEqual([
    "Første",
    "Anden",
  ]);
});

test("nothing is sent of an issue without public articles, of another version than its author saw, or by others", async () => {
  const id = await issueOf("Første");
  expect(await sendIssue(editor(), { id, seenVersion: 2 }).catch(codeOf)).toBe("conflict");
  const empty = await createIssue(editor(), { title: "Tomt", intro: "Intet.", articles: [], seenVersion: 0 });
  expect(await sendIssue(editor(), { id: empty, seenVersion: 1 }).catch(codeOf)).toBe("invalid");
  expect(await sendIssue(as({ kind: "anonymous" }), { id, seenVersion: 1 }).catch(codeOf)).toBe(
    "not-signed-in",
  );
});

test("the figures tell what was delivered, came back and was left, also when the addresses are deleted and the mails pruned", async () => {
  const tokens = [];
  for (const name of ["a", "b", "c"]) tokens.push(await subscribed("newsletter", `${name}@example.dk`));
  const id = await issueOf("Første");
  await sendIssue(editor(), { id, seenVersion: 1 });
  const mails = await mailed(5);
  const byName = new Map(mails.map((mail) => [mail.address[0], mail]));
  const [a, b] = [byName.get("a"), byName.get("b")];
  if (!a || !b) throw new Error("no mail");
  expect(await readIssueFigures(job(), { id })).toMatchObject({ waiting: 3, sent: 0 });
  await sent(a, 6);
  await recordSending(job(6), { message: b, outcome: { kind: "refused", error: "550" }, random: 0 });
  await unsubscribe(as({ kind: "anonymous" }, 7), { token: a.unsubscribeToken });
  await unsubscribe(as({ kind: "anonymous" }, 8), { token: a.unsubscribeToken });
  const expected = { waiting: 1, sent: 1, bounced: 1, expired: 0, unsubscribed: 1 };
  expect(await readIssueFigures(job(), { id })).toEqual(expected);
  expect(await findSubscription(job(), { token: tokens[0] ?? "", topics: ["newsletter"] })).toBeUndefined();
  await tendOutbox(job(14 * 31 * 86_400), 13);
  expect(await readFigures(job(), id)).toMatchObject({ sent: 1, bounced: 1, unsubscribed: 1 });
});

test("a test mail goes to one address only, says so, and its text is not readable in the database", async () => {
  await subscribed("newsletter", "bo@example.dk");
  const id = await issueOf("Første");
  await sendTestMail(editor(), { id, to: "rikke@example.dk", language: "da", origin });
  const { rows } = await db.execute("select content::text as text from letters");
  expect(JSON.stringify(rows)).not.toContain("Hej");
  const [letter, ...others] = await takeLetters(job(1), { limit: 9, leaseSeconds: 60 });
  expect(others).toEqual([]);
  expect(letter).toMatchObject({
    to: "rikke@example.dk",
    content: { subject: "TEST [SOR nyhedsbrev] Nyt om SOR" },
  });
  expect(await mailed(2)).toEqual([]);
});

test("an address that took both keeps the one when it leaves the other", async () => {
  await subscribed("news", "anna@example.dk");
  const token = await subscribed("newsletter", "anna@example.dk");
  await unsubscribe(as({ kind: "anonymous" }), { token });
  await article("Nye filer");
  expect((await mailed(5)).map(({ topic }) => topic)).toEqual(["news"]);
});
