import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { ArticleForm, createArticle } from "@sor/core/news";
import { createIssue, readIssueFigures, sendIssue, sendTestMail } from "@sor/core/newsletter";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { readReturnedOnce } from "../mail/read-returned.ts";
import { aMailServer, type MailServer } from "../testing/a-mail-server.ts";
import { aWorkerProcess, eventually } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { runAlerts } from "./alert.ts";
import { mailLettersOnce } from "./mail-accounts.ts";
import { createMailer } from "./send-mail.ts";

let url: string;
let db: Database;
let mail: MailServer;
let folder: string;
const stopping: (() => Promise<void>)[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  mail = await aMailServer();
  folder = await mkdtemp(join(tmpdir(), "sor-returned-"));
  for (const part of ["new", "cur", "tmp"]) await mkdir(join(folder, part));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const stop of stopping.splice(0)) await stop();
  await mail.stop();
  await closeDatabase(db);
  await rm(folder, { recursive: true });
});

const key = "a-key-of-the-mail-provider-0123456789";
const env = () => ({
  DATABASE_URL: url,
  SMTP_URL: mail.url,
  MAIL_FROM: "nyt@sor.example.org",
  MAIL_UNSUBSCRIBE: "afmeld@sor.example.org",
  MAIL_RETURN: "retur@sor.example.org",
  MAIL_RETURN_DIR: folder,
  MAIL_RETURN_KEY: key,
  PORTAL_ORIGIN: "https://sor.example.org",
});
const deps = () => testDeps({ db, clock: () => new Date(), env: env() });
function work(): void {
  const abort = new AbortController();
  const running = runAlerts(deps(), abort.signal);
  stopping.push(async () => {
    abort.abort();
    await running;
  });
}
const ctx = () => createContext(db, { kind: "system", job: "test" }, new Date());
async function subscribers(topic: "news" | "newsletter", count: number): Promise<void> {
  await db.execute(`insert into subscriptions (id, topic, name, channel, address, wishes, language, digest, state, consent_version, created_at)
    select gen_random_uuid(), '${topic}', '', 'mail', '${topic}' || n || '@example.dk', '{}', 'da', 'at-once', 'active', 'x', now()
    from generate_series(1, ${count}) n`);
}
const article = async (isQuiet: boolean) =>
  await createArticle(
    ctx(),
    ArticleForm.parse({
      ...{ title: "Nye filer", summary: "Kort sagt.", text: "Længere.", when: "now" },
      ...(isQuiet && { isQuiet: "on" }),
    }),
  );
async function anIssue(): Promise<string> {
  const articles = [await article(true)];
  return await createIssue(ctx(), { title: "Nyt om SOR", intro: "Det vigtigste.", articles, seenVersion: 0 });
}
const header = (text: string, name: string) =>
  new RegExp(`^${name}:(.*(?:\r\n[ \t].*)*)`, "im")
    .exec(text)?.[1]
    ?.replaceAll(/\r\n[ \t]+/g, " ")
    .trim();

test("M1 to M3, M12 and M18: news and newsletters have their list, one-click headers, both forms, a return address each and no picture", async () => {
  await subscribers("news", 1);
  await subscribers("newsletter", 1);
  await article(false);
  // The context is made after the issue: an article counts as public from its moment on.
  const id = await anIssue();
  await sendIssue(ctx(), { id, seenVersion: 1 });
  work();
  await eventually(async () => mail.mails.length === 2);
  const lists = mail.mails.map(({ to, text }) => [to[0], header(text, "List-ID")]).sort();
  expect(lists).toEqual([
    ["news1@example.dk", "SOR nyheder <nyheder.sor.example.org>"],
    ["newsletter1@example.dk", "SOR nyhedsbrev <nyhedsbrev.sor.example.org>"],
  ]);
  for (const { from, text } of mail.mails) {
    expect(header(text, "List-Unsubscribe")).toMatch(
      /^<https:\/\/sor\.example\.org\/afmeld\/[\w-]{32}>, <mailto:/,
    );
    expect(header(text, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
    expect(header(text, "Content-Type")).toContain("multipart/alternative");
    expect(text).not.toMatch(/<img/i);
    expect(from).toMatch(/^retur\+[0-9a-f]{32}-[0-9a-f]{16}@sor\.example\.org$/);
  }
  expect(new Set(mail.mails.map(({ from }) => from)).size).toBe(2);
});

test("after kill -9 in the middle of a newsletter everybody has it, nobody was written twice, and the figures are right", async () => {
  const all = 120;
  await subscribers("newsletter", all);
  const id = await anIssue();
  await sendIssue(ctx(), { id, seenVersion: 1 });
  const first = await aWorkerProcess(url, env());
  children.push(first);
  await eventually(async () => mail.mails.length >= 20);
  const dead = once(first, "exit");
  first.kill("SIGKILL");
  await dead;
  expect(mail.mails.length).toBeLessThan(all);
  await db.execute("update outbox_messages set lease_until = now() where lease_until is not null");
  const second = await aWorkerProcess(url, env());
  children.push(second);
  await eventually(async () => (await readIssueFigures(ctx(), { id })).sent === all, 30);
  expect(await readIssueFigures(ctx(), { id })).toEqual({
    waiting: 0,
    sent: all,
    bounced: 0,
    expired: 0,
    unsubscribed: 0,
  });
  const ids = new Set(mail.mails.map(({ to, text }) => `${to.join()} ${header(text, "Message-ID")}`));
  expect([ids.size, new Set(mail.mails.map(({ to }) => to.join())).size]).toEqual([all, all]);
  // Only what was in hand when it was killed can come again, with the same Message-ID.
  expect(mail.mails.length - all).toBeLessThanOrEqual(20);
}, 60_000);

test("a test mail is sent by itself, after the mail server put it off, and then it is gone from the database", async () => {
  await sendTestMail(ctx(), {
    id: await anIssue(),
    to: "rikke@example.dk",
    language: "da",
    origin: "https://sor.example.org",
  });
  const mailer = createMailer(deps().config);
  if (!mailer) throw new Error("there is a mail server");
  mail.refusals.push(451);
  expect(await mailLettersOnce(deps(), mailer)).toBe(0);
  await db.execute("update letters set next_attempt_at = now()");
  expect(await mailLettersOnce(deps(), mailer)).toBe(1);
  mailer.close();
  expect(mail.mails.map(({ to, text }) => [to, header(text, "Subject")])).toEqual([
    [["rikke@example.dk"], "TEST [SOR nyhedsbrev] Nyt om SOR"],
  ]);
  expect((await db.execute("select from letters")).rows).toEqual([]);
});

const report = (to: string) =>
  [
    `Delivered-To: ${to}`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.org",
    "",
    "Final-Recipient: rfc822; news1@example.dk",
    "Action: failed",
    "Status: 5.1.1",
    "",
    "--b--",
  ].join("\r\n");

/** A mail that was sent, by its return address. */
async function returnOf(): Promise<string> {
  await subscribers("news", 1);
  await article(false);
  work();
  await eventually(
    async () => (await db.execute("select from outbox_messages where state = 'sent'")).rows.length === 1,
  );
  return mail.mails[0]?.from ?? "";
}
const bounced = async () =>
  (await db.execute("select bounce_status as status from outbox_messages where bounced_at is not null")).rows;

test("reports in the mailbox folder are read once and moved to those that were read; other mail counts for nothing", async () => {
  const to = await returnOf();
  await writeFile(join(folder, "new", "1.eml"), report(to));
  await writeFile(
    join(folder, "new", "2.eml"),
    `To: ${to}\r\nAuto-Submitted: auto-replied\r\n\r\nJeg er på ferie.\r\n`,
  );
  await writeFile(join(folder, "new", "3.eml"), Buffer.alloc(3_000_000, "x"));
  expect(await readReturnedOnce(deps())).toBe(1);
  expect(await bounced()).toEqual([{ status: "5.1.1" }]);
  expect(await readdir(join(folder, "new"))).toEqual([]);
  expect((await readdir(join(folder, "cur"))).sort()).toEqual(["1.eml:2,S", "2.eml:2,S", "3.eml:2,S"]);
});

test("a mail provider posts a report or its status with the key; without it, or with another, nothing is recorded", async () => {
  const to = await returnOf();
  const app = createApp(deps());
  const post = async (body: string, type: string, bearer?: string) => {
    const headers = { "content-type": type, ...(bearer && { authorization: `Bearer ${bearer}` }) };
    return (await app.request("/mail/returned", { method: "POST", headers, body })).status;
  };
  const json = JSON.stringify({ returnAddress: to, status: "5.1.1" });
  expect(await post(json, "application/json")).toBe(401);
  expect(await post(json, "application/json", `${key}x`)).toBe(401);
  expect(await post("{", "application/json", key)).toBe(204);
  expect(
    await post(
      JSON.stringify({ returnAddress: "anna@example.dk", status: "5.1.1" }),
      "application/json",
      key,
    ),
  ).toBe(204);
  expect(await post("x".repeat(1_100_000), "message/rfc822", key)).toBe(413);
  expect(await bounced()).toEqual([]);
  expect(await post(report(to), "message/rfc822", key)).toBe(204);
  expect(await bounced()).toEqual([{ status: "5.1.1" }]);
  expect(await post(json, "application/json", key)).toBe(204);
  expect(
    (await createApp(testDeps({ db })).request("/mail/returned", { method: "POST", body: json })).status,
  ).toBe(404);
});
