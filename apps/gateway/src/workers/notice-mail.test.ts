import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { confirmNoticeSubscription, NoticeSubscriptionForm, signUpForNotices } from "@sor/core/notice-mail";
import { listCaughtMails } from "@sor/core/outbox";
import { createNotice } from "@sor/core/status";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aMailServer, type MailServer } from "../testing/a-mail-server.ts";
import { aWorkerProcess, eventually } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { runAlerts } from "./alert.ts";

let url: string;
let db: Database;
let mail: MailServer;
const stopping: (() => Promise<void>)[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  mail = await aMailServer();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const stop of stopping.splice(0)) await stop();
  await mail.stop();
  await closeDatabase(db);
});

const origin = "https://sor.example.org";
const env = () => ({
  DATABASE_URL: url,
  SMTP_URL: mail.url,
  MAIL_FROM: "drift@sor.example.org",
  MAIL_UNSUBSCRIBE: "afmeld@sor.example.org",
  PORTAL_ORIGIN: origin,
});
function work(more: Record<string, string> = {}): void {
  const abort = new AbortController();
  const running = runAlerts(
    testDeps({ db, clock: () => new Date(), env: { ...env(), ...more } }),
    abort.signal,
  );
  stopping.push(async () => {
    abort.abort();
    await running;
  });
}
const ctx = () => createContext(db, { kind: "system", job: "test" }, new Date());
const form = (address: string) =>
  NoticeSubscriptionForm.parse({
    ...{ mail: address, scope: "all", kinds: ["incident"], digest: "at-once", language: "da" },
  });
const signUp = async (address: string, client = "192.0.2.1") =>
  await signUpForNotices(ctx(), { ...form(address), client, origin });
const publish = async () =>
  await createNotice(ctx(), {
    ...{ kind: "incident", title: "Langsomme opslag", text: "Vi undersøger.", state: "investigating" },
    ...{ services: ["edi-gateway"], priority: 2 },
  });

/** Subscribers whose addresses are confirmed, without mail. */
async function subscribers(count: number): Promise<void> {
  const row = form("x@example.dk");
  await db.execute(`insert into subscriptions (id, topic, name, channel, address, wishes, language, digest, state, consent_version, created_at)
    select gen_random_uuid(), 'notices', '', 'mail', 'a' || n || '@example.dk', '${JSON.stringify(row.wishes)}', 'da', 'at-once', 'active', 'x', now()
    from generate_series(1, ${count}) n`);
}
const header = (text: string, name: string) =>
  new RegExp(`^${name}:(.*(?:\r\n[ \t].*)*)`, "im")
    .exec(text)?.[1]
    ?.replaceAll(/\r\n[ \t]+/g, " ")
    .trim();
const bodyOf = (text: string) => text.replaceAll("=\r\n", "").replaceAll("=3D", "=");

test("M1 to M3: an address is confirmed by its mail, and each notice is mailed with one-click headers, both forms, and in its thread", async () => {
  work();
  await signUp("anna@example.dk");
  await eventually(async () => mail.mails.length === 1);
  const asked = mail.mails[0]?.text ?? "";
  expect(header(asked, "List-Unsubscribe")).toBeUndefined();
  const token = /bekraeft\/([\w-]{32})/.exec(bodyOf(asked))?.[1] ?? "";
  await confirmNoticeSubscription(ctx(), { token });
  const noticeId = await publish();
  await eventually(async () => mail.mails.length === 2);
  const { to, text = "" } = mail.mails[1] ?? {};
  expect(to).toEqual(["anna@example.dk"]);
  expect(text.match(/^List-Unsubscribe:/gim)).toHaveLength(1);
  expect(header(text, "List-Unsubscribe")).toMatch(
    /^<https:\/\/sor\.example\.org\/afmeld\/[\w-]{32}>, <mailto:afmeld@sor\.example\.org\?subject=unsubscribe>$/,
  );
  expect(header(text, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
  expect(header(text, "List-ID")).toBe("SOR driftsbeskeder <drift.sor.example.org>");
  expect(header(text, "Auto-Submitted")).toBe("auto-generated");
  expect(header(text, "References")).toBe(`<${noticeId}@sor.example.org>`);
  expect(header(text, "Content-Type")).toContain("multipart/alternative");
  expect(bodyOf(text)).toMatch(/Administr=C3=A9r: https:\/\/sor\.example\.org\/drift\/abonnement\/[\w-]{32}/);
  expect(bodyOf(text)).toMatch(/Afmeld: https:\/\/sor\.example\.org\/afmeld\/[\w-]{32}/);
});

test("M11: a mail server that puts off, hangs or drops the line is asked again, and one that refuses is not", async () => {
  await subscribers(3);
  mail.refusals.push(451, 550);
  await publish();
  work();
  const states = async () => {
    const { rows } = await db.execute(
      "select state, last_error as error from outbox_messages order by state, last_error",
    );
    return rows;
  };
  await eventually(
    async () =>
      mail.mails.length === 1 &&
      (await states()).every(({ error, state }) => state !== "waiting" || error !== null),
  );
  expect(await states()).toEqual([
    { state: "failed", error: "EENVELOPE 550" },
    { state: "sent", error: null },
    { state: "waiting", error: "EENVELOPE 451" },
  ]);
  await db.execute("update outbox_messages set next_attempt_at = now() where state = 'waiting'");
  await eventually(async () => mail.mails.length === 2);
});

test("subscribers behind a mail server that hangs do not hold up the loop, and nothing is lost when it drops the line", async () => {
  const sockets = new Set<Socket>();
  const dead = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).write("220 ready\r\n");
  });
  await once(dead.listen(0, "127.0.0.1"), "listening");
  await subscribers(2);
  await publish();
  work({ SMTP_URL: `smtp://127.0.0.1:${(dead.address() as AddressInfo).port}` });
  await eventually(async () => sockets.size === 2);
  for (const socket of sockets) socket.destroy();
  await eventually(async () => {
    const { rows } = await db.execute("select from outbox_messages where state = 'waiting' and attempts = 1");
    return rows.length === 2;
  });
  await new Promise((done) => dead.close(done));
});

test("after kill -9 in the middle of 200 mails none is lost, and one that is repeated has the same Message-ID", async () => {
  const all = 200;
  await subscribers(all);
  await publish();
  const first = await aWorkerProcess(url, env());
  children.push(first);
  await eventually(async () => mail.mails.length >= 30);
  const dead = once(first, "exit");
  first.kill("SIGKILL");
  await dead;
  const atKill = mail.mails.length;
  expect(atKill).toBeLessThan(all);
  // Its leases expire.
  await db.execute("update outbox_messages set lease_until = now() where lease_until is not null");
  const second = await aWorkerProcess(url, env());
  children.push(second);
  const isDone = async () =>
    (await db.execute("select from outbox_messages where state = 'sent'")).rows.length === all;
  await eventually(isDone, 30);
  const receivers = new Set(mail.mails.map(({ to }) => to.join()));
  expect(receivers.size).toBe(all);
  const ids = new Set(mail.mails.map(({ to, text }) => `${to.join()} ${header(text, "Message-ID")}`));
  expect(ids.size).toBe(all);
  // Only what was in hand when it was killed can come again.
  expect(mail.mails.length - all).toBeLessThanOrEqual(20);
}, 60_000);

test("a demo without a mail server keeps its mail for the portal, and one that others reach does not", async () => {
  work({ SMTP_URL: "", DEMO: "1", DEMO_PUBLIC: "1" });
  await signUp("anna@example.dk");
  await eventually(async () => {
    const { rows } = await db.execute("select from outbox_messages where last_error = 'smtp-not-configured'");
    return rows.length === 1;
  });
  expect(await listCaughtMails(ctx())).toEqual([]);
  for (const stop of stopping.splice(0)) await stop();
  work({ SMTP_URL: "", DEMO: "1" });
  await eventually(async () => (await listCaughtMails(ctx())).length === 1);
  const [caught] = await listCaughtMails(ctx());
  expect(caught).toMatchObject({ sentTo: "anna@example.dk" });
  expect(caught?.text).toContain(`${origin}/drift/abonner/bekraeft/`);
  const { rows } = await db.execute("select text from caught_mails");
  expect(JSON.stringify(rows)).not.toContain("bekraeft");
});
