import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import {
  confirmAlertSubscription,
  createAlertSubscription,
  getAlertSubscription,
  listAlertMessages,
  NewAlertSubscription,
  raiseAlertSignal,
  testAlertSubscription,
} from "@sor/core/alerts";
import { aVendor, testDatabaseUrl } from "@sor/core/testing";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { aMailServer, type MailServer } from "../testing/a-mail-server.ts";
import { aReceiver, eventually, type Receiver } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { runAlerts } from "./alert.ts";

let url: string;
let db: Database;
let mail: MailServer;
let target: Receiver;
let vendor: Awaited<ReturnType<typeof aVendor>>;
const stopping: (() => Promise<void>)[] = [];

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  [mail, target, vendor] = [await aMailServer(), await aReceiver(), await aVendor(db)];
});

afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
  await mail.stop();
  await target.stop();
  await closeDatabase(db);
});

const env = () => ({
  DATABASE_URL: url,
  SMTP_URL: mail.url,
  MAIL_FROM: "drift@sor.example.org",
  MAIL_UNSUBSCRIBE: "afmeld@sor.example.org",
  PUBLIC_GATEWAY_URL: "https://gateway.example.org",
  WEBHOOK_PRIVATE_HOSTS: "127.0.0.1",
});
const depsOf = (more: Record<string, string> = {}, clock = () => new Date()) =>
  testDeps({ db, clock, env: { ...env(), ...more } });

function work(more: Record<string, string> = {}, clock?: () => Date) {
  const deps = depsOf(more, clock);
  const abort = new AbortController();
  const running = runAlerts(deps, abort.signal);
  const stop = async () => {
    abort.abort();
    await running;
  };
  stopping.push(stop);
  return { deps, stop };
}

const as = () => createContext(db, { ...vendor.key, scopes: ["alerts:read", "alerts:write"] }, new Date());
async function subscribed(more: Partial<NewAlertSubscription>) {
  const fields = NewAlertSubscription.parse({ supplierId: vendor.supplierId, name: "Vagten", ...more });
  return await createAlertSubscription(as(), { ...fields, plainHttpHosts: ["127.0.0.1"] });
}
const messagesOf = async (id: string) => await listAlertMessages(as(), { id });
const header = (text: string, name: string) =>
  new RegExp(`^${name}:(.*(?:\r\n[ \t].*)*)`, "im")
    .exec(text)?.[1]
    ?.replaceAll(/\r\n[ \t]+/g, " ")
    .trim();

/** A mail subscription, confirmed with the code in its first mail. */
async function confirmed(): Promise<string> {
  const { subscription } = await subscribed({ channel: "mail", address: "vagt@example.dk" });
  const worker = work();
  await eventually(async () => mail.mails.length === 1);
  await worker.stop();
  const code = /Kode: ([A-Z2-7]{5}-[A-Z2-7]{5})/.exec(mail.mails[0]?.text ?? "")?.[1] ?? "";
  await confirmAlertSubscription(as(), { id: subscription.id, code: code.replace("-", "") });
  return subscription.id;
}

describe("a mail subscription", () => {
  test("gets its code, then alerts with both ways to unsubscribe, threaded by message id", async () => {
    const id = await confirmed();
    expect(header(mail.mails[0]?.text ?? "", "List-Unsubscribe")).toBeUndefined();
    const { messageId } = await testAlertSubscription(as(), { id });
    work();
    await eventually(async () => mail.mails.length === 2);
    const { text = "", to } = mail.mails[1] ?? {};
    expect(to).toEqual(["vagt@example.dk"]);
    expect(header(text, "Message-ID")).toBe(`<${messageId}@sor.example.org>`);
    expect(header(text, "Auto-Submitted")).toBe("auto-generated");
    expect(header(text, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
    expect(text.match(/^List-Unsubscribe:/gim)).toHaveLength(1);
    expect(header(text, "List-Unsubscribe")).toMatch(
      /^<https:\/\/gateway\.example\.org\/alerts\/unsubscribe\/[\w-]{32}>, <mailto:afmeld@sor\.example\.org\?subject=unsubscribe>$/,
    );
    await eventually(async () => (await messagesOf(id))[0]?.state === "sent");
  });

  test("is ended by the address in the header: GET shows a page, POST unsubscribes, without key, cookie or Origin", async () => {
    const id = await confirmed();
    await testAlertSubscription(as(), { id });
    work();
    await eventually(async () => mail.mails.length === 2);
    const link = /<https:\/\/gateway\.example\.org(\/alerts\/unsubscribe\/[\w-]+)>/.exec(
      header(mail.mails[1]?.text ?? "", "List-Unsubscribe") ?? "",
    )?.[1] as string;
    const app = createApp(depsOf());
    expect((await app.request(link)).status).toBe(200);
    expect((await getAlertSubscription(as(), { id })).state).toBe("active");
    for (const asked of [1, 2]) {
      const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
      const answer = await app.request(link, { method: "POST", body });
      expect([asked, answer.status, answer.headers.get("set-cookie")]).toEqual([asked, 200, null]);
    }
    expect(await getAlertSubscription(as(), { id })).toMatchObject({ state: "ended", address: null });
    expect(
      (await app.request("/alerts/unsubscribe/never-heard-of-this-one", { method: "POST" })).status,
    ).toBe(200);
  });

  test("is retried after a temporary refusal by the mail server, not after a permanent one", async () => {
    const id = await confirmed();
    mail.refusals.push(451);
    await testAlertSubscription(as(), { id });
    const first = work();
    await eventually(async () => (await messagesOf(id))[0]?.attempts === 1);
    await first.stop();
    expect((await messagesOf(id))[0]).toMatchObject({ state: "waiting", lastError: "EENVELOPE 451" });
    mail.refusals.push(550);
    work({}, () => new Date(Date.now() + 120_000));
    await eventually(async () => (await messagesOf(id))[0]?.state === "failed");
    expect((await messagesOf(id))[0]).toMatchObject({ attempts: 2, lastError: "EENVELOPE 550" });
  });

  test("waits, with the reason shown, without a mail server", async () => {
    const { subscription } = await subscribed({ channel: "mail", address: "vagt@example.dk" });
    const { deps } = work({ SMTP_URL: "" });
    await eventually(async () => (await messagesOf(subscription.id))[0]?.lastError === "smtp-not-configured");
    expect((await messagesOf(subscription.id))[0]).toMatchObject({ state: "waiting", attempts: 0 });
    const gauge = "soredi_alert_outbox";
    await eventually(async () => {
      const { values = [] } = (await deps.metrics.registry.getSingleMetric(gauge)?.get()) ?? {};
      return values.some(({ labels, value }) => labels["channel"] === "mail" && value === 1);
    });
  });
});

describe("a webhook subscription", () => {
  test("gets signed JSON that the scheme's own library verifies, and a retry with the same id after a failure", async () => {
    target.answers.push({ status: 503, headers: { "retry-after": "1" } });
    const { subscription, secret } = await subscribed({ channel: "webhook", address: target.address() });
    await testAlertSubscription(as(), { id: subscription.id });
    const first = work();
    await eventually(async () => (await messagesOf(subscription.id))[0]?.attempts === 1);
    await first.stop();
    work({}, () => new Date(Date.now() + 120_000));
    await eventually(async () => (await messagesOf(subscription.id))[0]?.state === "sent");
    const [one, two] = target.posts;
    expect(two?.headers["webhook-id"]).toBe(one?.headers["webhook-id"]);
    const headers = Object.fromEntries(Object.entries(one?.headers ?? {}).map(([k, v]) => [k, String(v)]));
    expect(new Webhook(secret ?? "").verify(one?.body ?? Buffer.alloc(0), headers)).toMatchObject({
      type: "test",
    });
  });

  test("never connects to a private address that is not allowed", async () => {
    const { subscription } = await subscribed({ channel: "webhook", address: target.address() });
    await testAlertSubscription(as(), { id: subscription.id });
    work({ WEBHOOK_PRIVATE_HOSTS: "" });
    await eventually(async () => (await messagesOf(subscription.id))[0]?.attempts === 1);
    expect(target.posts).toEqual([]);
    expect((await messagesOf(subscription.id))[0]?.state).toBe("waiting");
  });

  test("is notified once, however many processes check", async () => {
    const { subscription } = await subscribed({ channel: "webhook", address: target.address() });
    await testAlertSubscription(as(), { id: subscription.id });
    for (let worker = 0; worker < 4; worker += 1) work();
    await eventually(async () => (await messagesOf(subscription.id))[0]?.state === "sent");
    expect(target.posts).toHaveLength(1);
  });
});

test("a feed shows its supplier's incidents to whoever has its address, answers 304, and nothing to others", async () => {
  const { ctx } = { ctx: createContext(db, { kind: "system", job: "test" }, new Date()) };
  const fields = NewAlertSubscription.parse({ supplierId: null, channel: "feed", name: "Vagt & <Co>" });
  const { feedToken } = await createAlertSubscription(ctx, fields);
  await raiseAlertSignal(ctx, { kind: "prune-failed", subject: "gateway", forSeconds: 600 });
  work();
  const app = createApp(depsOf());
  const path = `/alerts/feed/${feedToken}.rss`;
  await eventually(async () => (await (await app.request(path)).text()).includes("<item>"));
  const answer = await app.request(path);
  expect(answer.headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
  const text = await answer.text();
  expect(text).toContain("<title>Alarmer - Vagt &#x26; &#x3C;Co&#x3E;</title>");
  expect(text).toContain("<title>[Alarm] Oprydning er mislykket</title>");
  const again = await app.request(path, { headers: { "if-none-match": answer.headers.get("etag") ?? "" } });
  expect(again.status).toBe(304);
  expect((await app.request("/alerts/feed/another-token-than-any.rss")).status).toBe(404);
});

test("a process suspended between leasing and sending an alert leaves it to the next process that leases it", async () => {
  const { subscription } = await subscribed({ channel: "webhook", address: target.address() });
  await testAlertSubscription(as(), { id: subscription.id });
  let looks = 0;
  const clock = () => {
    looks += 1;
    // The fourteenth time it leases what is due, and three minutes pass.
    return new Date(Date.now() + (looks <= 14 ? 0 : 180_000));
  };
  work({}, clock);
  await target.until(1);
  const taken = await db.execute("select cardinality(token_hashes) as times from outbox_messages");
  expect(taken.rows).toEqual([{ times: 2 }]);
});
