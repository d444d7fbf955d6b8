import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoUser } from "@sor/core/access";
import { createSupplier } from "@sor/core/endpoints";
import { createNotice } from "@sor/core/status";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { logIn, visit } from "../testing/member.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
const [portal, other, browser] = await Promise.all([startPortal(url), startPortal(url), launchChromium()]);
afterAll(async () => {
  await browser.close();
  await closeDatabase(db);
});
const password = "en lang sætning til test";
const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
const vendor = { name: "Nordlys", sorCode: null, email: null, telephone: null };
const supplierId = (await createSupplier(ctx, vendor)).id;
const inOurs = { kind: "supplier", supplierId } as const;
const made = await Promise.all(
  (
    [
      ["myndighed", "authority", { kind: "all" }, null],
      ["admin", "vendor-administrator", inOurs, supplierId],
      ["bo", "reader", inOurs, supplierId],
    ] as const
  ).map(([username, role, scope, of]) =>
    createDemoUser(ctx, {
      ...{ username, name: username, email: `${username}@example.org`, password, supplierId: of },
      ...{ role, scope },
    }),
  ),
);
const bo = made[2]?.userId;
const incident = { kind: "incident", state: "investigating", priority: 1, title: "Langsom" } as const;
const noticeId = await createNotice(ctx, {
  ...incident,
  text: "Det er langsomt.",
  services: ["edi-gateway"],
});
const lastDay = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

type Form = {
  as: "admin" | "myndighed";
  page: string;
  action?: string;
  /** The path that it is posted to, when that is not the page with the action. */
  to?: string;
  fields: Record<string, string>;
  table: string;
};
const forms: Form[] = [
  {
    ...{ as: "admin", page: "/brugere/ny", table: "invitations" },
    fields: { username: "nyansat", name: "Ny", email: "ny@example.org", role: "reader", supplierId },
  },
  {
    ...{ as: "admin", page: `/brugere/${bo}`, action: "?/grant", table: "grants" },
    fields: { role: "vendor-editor", supplierId },
  },
  { as: "admin", page: `/brugere/${bo}`, action: "?/reset", table: "invitations", fields: {} },
  {
    ...{ as: "admin", page: "/noegler", action: "?/create", table: "api_keys" },
    fields: { supplierId, name: "Journal", "scopes[]": "messages:read", glns: "", lastDay },
  },
  {
    ...{ as: "admin", page: "/endepunkter/ny", table: "endpoints" },
    fields: { name: "Postkassen", transport: "mailbox", mimeTypes: "" },
  },
  {
    as: "admin",
    page: "/endepunkter/system/ny",
    table: "systems",
    fields: { name: "Journalen", version: "" },
  },
  {
    ...{ as: "admin", page: "/alarmer", table: "subscriptions" },
    fields: { channel: "feed", name: "Vagten", address: "", leastSeverity: "minor", digest: "at-once" },
  },
  {
    ...{ as: "myndighed", page: "/driftsbeskeder/ny?type=haendelse", table: "notices" },
    to: "/driftsbeskeder/ny?/publish",
    fields: {
      kind: "incident",
      state: "investigating",
      priority: "1",
      title: "Nede",
      text: "Gatewayen er nede",
      "services[]": "edi-gateway",
    },
  },
  {
    ...{ as: "myndighed", page: `/driftsbeskeder/${noticeId}`, action: "?/update", table: "notice_updates" },
    fields: { noticeId, seenNumber: "1", state: "identified", text: "Årsagen er fundet." },
  },
  { as: "myndighed", page: "/brugere/leverandoer", table: "suppliers", fields: { name: "Ny leverandør" } },
];

const count = async (table: string) =>
  Number((await db.$client.query(`select count(*) from ${table}`)).rows[0]?.count);

// The secrets that an answer shows: both answers must show the same ones.
const secretsIn = (html: string) =>
  [...html.matchAll(/sor_[\w-]{43}|\/invitation\/[\w-]{43}|\/feed\/[\w-]+/g)].map(String);

test.each(forms)(
  "$page: $table, posted twice at once to two processes, is carried out once and answered alike",
  async (form) => {
    const member = await logIn(portal, form.as, password);
    const html = await (await member.get(form.page)).text();
    const once = /name="once" value="([0-9a-f-]{36})"/.exec(html)?.[1] ?? "no id";
    const before = await count(form.table);
    const path = form.to ?? form.page + (form.action ?? "");
    const answers = await Promise.all(
      [portal, other].map((at) => visit(at, new Map(member.cookies)).post(path, { ...form.fields, once })),
    );
    const [first, second] = await Promise.all(
      answers.map(async (answer) => ({
        status: answer.status,
        to: answer.headers.get("location"),
        secrets: secretsIn(await answer.text()),
      })),
    );
    expect(first?.status).toBeLessThan(400);
    expect(second).toEqual(first);
    expect(await count(form.table)).toBe(before + 1);
    const again = await (await member.get(form.page)).text();
    expect(again).not.toContain(once);
  },
);

test("without a reload the next created object gets a new id, and a double click creates one", async () => {
  const context = await browser.newContext({ baseURL: portal.origin, locale: "da-DK" });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("Brugernavn").fill("myndighed");
  await page.getByLabel("Adgangskode").fill(password);
  await page.locator("main").getByRole("button", { name: "Log ind" }).click();
  await page.waitForURL("**/start");
  const before = await count("suppliers");
  await page.goto("/brugere/leverandoer");
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
  await page.getByLabel("Leverandørens navn").fill("Dobbeltklik");
  await page.getByRole("button", { name: "Opret leverandør" }).dblclick();
  await page.waitForURL("**/brugere/ny?leverandoer=*");
  expect(await count("suppliers")).toBe(before + 1);
  await page.getByRole("link", { name: "Ny leverandør" }).click();
  await page.getByLabel("Leverandørens navn").fill("Dobbeltklik");
  await page.getByRole("button", { name: "Opret leverandør" }).click();
  await page.getByText("Der findes allerede en leverandør med det navn").first().waitFor();
  expect(await page.evaluate(() => "isSamePage" in globalThis)).toBe(true);
  await context.close();
});
