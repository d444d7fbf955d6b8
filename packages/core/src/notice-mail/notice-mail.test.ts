import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../access/index.ts";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { recordSending, takeMessages, tendOutbox } from "../outbox/index.ts";
import { outboxEvents, outboxMessages } from "../outbox/tables.ts";
import { unsubscribe } from "../public-subscriptions/index.ts";
import { addNoticeUpdate, correctNoticeUpdate, createNotice, getNotice } from "../status/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { testDatabase } from "../testing/index.ts";
import {
  changeNoticeSubscription,
  confirmNoticeSubscription,
  findConfirmation,
  findNoticeSubscription,
  NoticeSubscriptionForm,
  packNoticeMails,
  remindOfWindows,
  resumeNoticeSubscription,
  signUpForNotices,
  spreadNotices,
} from "./index.ts";

// 1 May 2026, 10:00 in Denmark.
const start = new Date("2026-05-01T08:00:00Z");
const origin = "https://sor.example.org";
const [minute, hour] = [60, 3600];
const authority: Actor = {
  kind: "user",
  id: "u1",
  name: "Vagten",
  supplierId: null,
  grants: [{ role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null }],
};
let db: Database;
beforeEach(async () => {
  db = await testDatabase();
});

const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const nobody = (seconds = 0) => createContext(db, { kind: "anonymous" }, at(seconds));
const job = (seconds = 0) => createContext(db, { kind: "system", job: "outbox" }, at(seconds));
const editor = (seconds = 0) => createContext(db, authority, at(seconds));

type Asked = Record<string, string | string[]>;
const formOf = (more: Asked = {}) => ({
  ...{ mail: "anna@example.dk", scope: "all", kinds: ["incident", "window"] },
  ...{ digest: "at-once", language: "da", ...more },
});
const signUp = async (more: Asked = {}, seconds = 0, client = "192.0.2.1") =>
  await signUpForNotices(nobody(seconds), { ...NoticeSubscriptionForm.parse(formOf(more)), client, origin });
const take = async (seconds: number) =>
  await takeMessages(job(seconds), { limit: 500, leaseSeconds: 60, channels: ["mail"] });
const sent = async (seconds: number) => {
  const messages = await take(seconds);
  for (const message of messages)
    await recordSending(job(seconds), { message, outcome: { kind: "sent" }, random: 0 });
  return messages;
};
const linkIn = (text: string) => /bekraeft\/([\w-]{32})/.exec(text)?.[1] ?? "";

/** Signs up, and returns the token in the mail. */
async function asked(more: Asked = {}, seconds = 0): Promise<string> {
  await signUp(more, seconds);
  const [mail] = (await sent(seconds)).filter(({ purpose }) => purpose === "confirmation");
  return linkIn(mail?.content.text ?? "");
}
async function subscribed(more: Asked = {}, seconds = 0): Promise<string> {
  const token = await asked(more, seconds);
  await confirmNoticeSubscription(nobody(seconds), { token });
  return token;
}

/** What the workers do, and the mails that they send. */
async function mailed(seconds: number) {
  await spreadNotices(job(seconds));
  await remindOfWindows(job(seconds));
  await packNoticeMails(job(seconds), { portalOrigin: origin, limit: 500 });
  return await sent(seconds);
}
const incident = {
  kind: "incident" as const,
  title: "Langsomme opslag",
  text: "Opslag svarer langsomt.\n\nVi <undersøger> årsagen & melder tilbage.",
  state: "investigating" as const,
  services: ["edi-gateway"],
  priority: 2,
};
const window = {
  ...{
    kind: "window" as const,
    title: "Opdatering",
    text: "SOR-EDI opdateres.",
    state: "scheduled" as const,
  },
  services: ["portal", "sor-edi"],
};

describe("signing up", () => {
  test("M7, M8: a link that is opened confirms nothing, the button does, once; it works for 48 hours", async () => {
    const token = await asked();
    expect(await findConfirmation(nobody(), { token })).toMatchObject({
      state: "open",
      address: "anna@example.dk",
      services: "all",
    });
    expect(await findNoticeSubscription(nobody(), { token })).toBeUndefined();
    await createNotice(editor(1), incident);
    expect(await mailed(2)).toEqual([]);
    expect((await findConfirmation(nobody(48 * hour), { token }))?.state).toBe("late");
    await expect(confirmNoticeSubscription(nobody(48 * hour), { token })).rejects.toMatchObject({
      code: "gone",
    });
    await confirmNoticeSubscription(nobody(hour), { token });
    await confirmNoticeSubscription(nobody(49 * hour), { token });
    expect((await findConfirmation(nobody(49 * hour), { token }))?.state).toBe("confirmed");
    expect(await findNoticeSubscription(nobody(), { token })).toMatchObject({ isSuspended: false });
  });

  test("M8: addresses that are not confirmed are deleted after a week, confirmed ones stay", async () => {
    await subscribed({ mail: "bo@example.dk" });
    await signUp();
    await tendOutbox(job(7 * 24 * hour + 1), 13);
    expect((await db.select().from(subscriptions)).map(({ address }) => address)).toEqual(["bo@example.dk"]);
  });

  test("R25: again changes nothing of a confirmed subscription before the button of the new mail", async () => {
    const first = await subscribed({ scope: "chosen", services: ["edi-gateway"] });
    const second = await asked({ mail: "ANNA@example.dk", kinds: ["information"], digest: "daily" }, 10);
    const before = await findNoticeSubscription(nobody(), { token: first });
    expect(before).toMatchObject({ services: ["edi-gateway"], kinds: ["incident", "window"] });
    await confirmNoticeSubscription(nobody(20), { token: second });
    expect(await db.$count(subscriptions)).toBe(1);
    expect(await findNoticeSubscription(nobody(), { token: second })).toMatchObject({
      ...{ services: "all", kinds: ["information"], digest: "daily" },
    });
  });

  test("two links of one address that are confirmed at once make one subscription", async () => {
    const tokens = [await asked(), await asked({ mail: "Anna@Example.dk" }, 1)];
    await Promise.all(tokens.map((token) => confirmNoticeSubscription(nobody(2), { token })));
    expect(await db.$count(subscriptions)).toBe(1);
  });

  test("M6, M15: an address is sent three mails a day and nobody is told; a network may ask twenty times an hour", async () => {
    for (let count = 0; count < 5; count += 1) await signUp({ mail: `anna+${count}@example.dk` });
    expect(await sent(1)).toHaveLength(3);
    for (let count = 0; count < 15; count += 1) await signUp({ mail: `a${count}@example.dk` });
    await expect(signUp({ mail: "sidste@example.dk" })).rejects.toMatchObject({ code: "too-many" });
    await signUp({ mail: "sidste@example.dk" }, 0, "198.51.100.1");
    await signUp({ mail: "sidste@example.dk" }, hour + 1);
  });

  test("the mail holds nothing that the asker wrote, and its link is not in the database", async () => {
    await signUp();
    const [row] = await db.select().from(outboxMessages);
    const [mail] = await take(1);
    expect(linkIn(mail?.content.text ?? "")).toHaveLength(32);
    expect(JSON.stringify(row)).not.toContain(linkIn(mail?.content.text ?? ""));
    expect(mail?.content.text).not.toContain("anna");
  });
});

describe("a notice", () => {
  test("M3: is mailed as text and HTML in the subscriber's language, without a picture or foreign address", async () => {
    await subscribed();
    await subscribed({ mail: "ben@example.org", language: "en" }, 1);
    const id = await createNotice(editor(2), incident);
    const mails = await mailed(3);
    const of = (language: string) => mails.find((mail) => mail.language === language)?.content;
    expect(of("da")?.subject).toBe("[SOR drift] Undersøges: Langsomme opslag");
    expect(of("en")?.subject).toBe("[SOR drift] Investigating: Langsomme opslag");
    expect(of("da")?.text).toContain("Berører: EDI-gateway");
    expect(of("da")?.text).toContain("01-05-2026 kl. 10:00");
    expect(of("da")?.text).toContain(`${origin}/drift/${id}#opdatering-1`);
    expect(of("da")?.html).toContain("Vi &lt;undersøger&gt; årsagen &amp; melder tilbage.");
    for (const content of [of("da"), of("en")]) {
      expect(content?.html).not.toMatch(/<img|<script|<link|background/i);
      const addresses = [...(content?.html.matchAll(/href="([^"]+)"/g) ?? [])].map(([, one]) => one);
      expect(addresses.every((one) => one?.startsWith(`${origin}/`))).toBe(true);
    }
  });

  test("M11: is told once to each subscriber, however many processes work and repeat", async () => {
    for (let count = 0; count < 3; count += 1) await subscribed({ mail: `a${count}@example.dk` }, count);
    await createNotice(editor(5), incident);
    await Promise.all(Array.from({ length: 6 }, () => spreadNotices(job(6))));
    await Promise.all(
      Array.from({ length: 6 }, () => packNoticeMails(job(7), { portalOrigin: origin, limit: 100 })),
    );
    expect(await mailed(8)).toHaveLength(3);
    expect(await mailed(9)).toEqual([]);
    const isEvent = eq(outboxMessages.purpose, "events");
    expect([await db.$count(outboxEvents), await db.$count(outboxMessages, isEvent)]).toEqual([3, 3]);
  });

  test("M14: an update is not sent where its author says so, and the end always goes to whoever got the start", async () => {
    const token = await subscribed();
    const noticeId = await createNotice(editor(1), incident);
    expect(await mailed(2)).toHaveLength(1);
    await addNoticeUpdate(editor(3), { noticeId, state: "identified", text: "Fundet.", isSent: false });
    expect(await mailed(4)).toEqual([]);
    const wishes = { services: "all" as const, kinds: ["information" as const] };
    await changeNoticeSubscription(nobody(5), { token, wishes, digest: "at-once", language: "da" });
    await subscribed({ mail: "ny@example.dk", kinds: ["information"] }, 5);
    await addNoticeUpdate(editor(6), { noticeId, state: "resolved", text: "Løst.", isSent: false });
    const mails = await mailed(7);
    expect(mails.map(({ address, content }) => [address, content.subject])).toEqual([
      ["anna@example.dk", "[SOR drift] Løst: Langsomme opslag"],
    ]);
  });

  test("M2: mails about one notice refer to it and to the earlier ones; a corrected typing error is not sent", async () => {
    await subscribed();
    const noticeId = await createNotice(editor(1), incident);
    const [first] = await mailed(2);
    expect(first?.content.references).toEqual([noticeId]);
    const [update] = (await getNotice(editor(2), noticeId)).updates;
    await correctNoticeUpdate(editor(3), { updateId: update?.id ?? "", text: "Opslag svarer langsomt!" });
    expect(await mailed(4)).toEqual([]);
    await addNoticeUpdate(editor(5), { noticeId, state: "monitoring", text: "Det ser bedre ud." });
    const [second] = await mailed(6);
    expect(second?.content.references).toEqual([noticeId, first?.id]);
  });

  test("M10: of a window is told to whoever chose any of its services, not to others, and is reminded of a day before", async () => {
    await subscribed({ scope: "chosen", services: ["portal", "edi-gateway"] });
    await subscribed({ mail: "anden@example.dk", scope: "chosen", services: ["edi-gateway"] }, 1);
    const planned = { plannedStart: at(72 * hour), plannedEnd: at(74 * hour) };
    const noticeId = await createNotice(editor(2), { ...window, ...planned });
    expect((await mailed(3)).map(({ address }) => address)).toEqual(["anna@example.dk"]);
    expect(await mailed(47 * hour)).toEqual([]);
    const [reminder] = await mailed(48 * hour);
    expect(reminder?.content.subject).toBe("[SOR drift] Påmindelse: Opdatering");
    expect(await mailed(49 * hour)).toEqual([]);
    const moved = { plannedStart: at(120 * hour), plannedEnd: at(122 * hour) };
    await addNoticeUpdate(editor(50 * hour), { noticeId, state: "scheduled", text: "Flyttet.", ...moved });
    expect(await mailed(50 * hour + minute)).toHaveLength(1);
    expect((await mailed(97 * hour)).map(({ content }) => content.subject)).toEqual([
      "[SOR drift] Påmindelse: Opdatering",
    ]);
  });

  test("M13: a daily summary comes at 07:00 in Denmark with all of a day, and a critical service that is down at once", async () => {
    await subscribed({ digest: "daily" });
    await createNotice(editor(1), incident);
    await createNotice(editor(2), { ...incident, title: "Langsom portal" });
    expect(await mailed(3)).toEqual([]);
    // 07:00 on 2 May is 21 hours after 10:00.
    expect(await mailed(21 * hour - 1)).toEqual([]);
    const [summary] = await mailed(21 * hour);
    expect(summary?.content.subject).toBe("[SOR drift] 2 driftsbeskeder");
    await createNotice(editor(22 * hour), { ...incident, priority: 1, title: "Nede" });
    expect(await mailed(22 * hour + 1)).toHaveLength(1);
  });

  test("that is a day old when a worker finds it is not sent any more", async () => {
    await subscribed();
    await createNotice(editor(1), incident);
    expect(await mailed(25 * hour)).toEqual([]);
  });
});

describe("a subscription", () => {
  test("is changed, and ended, by the links of any of its mails; then the address and all about it is deleted", async () => {
    await subscribed();
    await createNotice(editor(1), incident);
    const [mail] = await mailed(2);
    const token = mail?.unsubscribeToken ?? "";
    const choice = { wishes: { services: ["sor"], kinds: ["incident" as const] }, digest: "daily" as const };
    await changeNoticeSubscription(nobody(3), { token, ...choice, language: "en" });
    expect(await findNoticeSubscription(nobody(4), { token })).toMatchObject({ services: ["sor"] });
    for (let count = 0; count < 2; count += 1) await unsubscribe(nobody(5), { token });
    const rows = [subscriptions, outboxMessages, outboxEvents].map((table) => db.$count(table));
    expect(await Promise.all(rows)).toEqual([0, 0, 0]);
    expect(await findNoticeSubscription(nobody(6), { token })).toBeUndefined();
    const late = changeNoticeSubscription(nobody(7), { token, ...choice, language: "da" });
    await expect(late).rejects.toMatchObject({ code: "gone" });
  });

  test("M12: is suspended after three refused mails, and its subscriber can resume it", async () => {
    const token = await subscribed();
    for (let count = 0; count < 3; count += 1) {
      await createNotice(editor(count * 10), incident);
      await spreadNotices(job(count * 10 + 1));
      await packNoticeMails(job(count * 10 + 1), { portalOrigin: origin, limit: 10 });
      for (const message of await take(count * 10 + 2)) {
        const outcome = { kind: "refused", error: "EENVELOPE 550" } as const;
        await recordSending(job(count * 10 + 2), { message, outcome, random: 0 });
      }
    }
    expect(await findNoticeSubscription(nobody(60), { token })).toMatchObject({ isSuspended: true });
    await createNotice(editor(61), incident);
    expect(await mailed(62)).toEqual([]);
    await resumeNoticeSubscription(nobody(63), { token });
    await createNotice(editor(64), incident);
    expect(await mailed(65)).toHaveLength(1);
  });
});
