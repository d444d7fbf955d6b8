import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoKey, createDemoUser, newKeyText } from "@sor/core/access";
import { getAlertSubscription, updateAlertSubscription } from "@sor/core/alerts";
import { completeGln } from "@sor/core/identifiers";
import { getMessage } from "@sor/core/messages";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { startGateway } from "../testing/gateway.ts";
import { startPortal } from "../testing/portal.ts";

const databaseUrl = await testDatabaseUrl();
const db = openDatabase(databaseUrl);
const dataDir = await mkdtemp(join(tmpdir(), "sor-messages-"));
afterAll(async () => {
  await closeDatabase(db);
  await rm(dataDir, { recursive: true });
});
const system = () => createContext(db, { kind: "system", job: "test" }, new Date());
const password = "en lang sætning til test";

/** A real webhook receiver that answers every request with one status. */
async function aReceiver(status: number) {
  const bodies: string[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks).toString("latin1"));
      response.writeHead(status).end(status < 300 ? "taken" : "no such department here");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return { bodies, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` };
}

const [refusing, taking] = [await aReceiver(422), await aReceiver(200)];
const [from, to] = [await aVendor(db, "Afsender-it"), await aVendor(db, "Modtager-it")];
const [sender, receiver] = [completeGln("579000770001"), completeGln("579000770002")];
await aLocation(db, { gln: sender, supplierId: from.supplierId });
await aLocation(db, { gln: receiver, supplierId: to.supplierId });
const old = await anEndpoint(db, { supplierId: to.supplierId, address: refusing.address });
const spare = await anEndpoint(db, { supplierId: to.supplierId, address: taking.address });
await receives(db, receiver, old, [["DIS01", "D0134L"]]);
for (const [username, { supplierId }] of [
  ["afsender", from],
  ["modtager", to],
] as const) {
  const names = { username, name: username, email: `${username}@example.org` };
  const scope = { kind: "supplier", supplierId } as const;
  await createDemoUser(system(), { ...names, password, role: "vendor-editor", scope, supplierId });
}
const key = newKeyText();
const expiresAt = new Date(Date.now() + 86_400_000);
await createDemoKey(system(), {
  ...{ key, supplierId: from.supplierId, name: "Afsenderens program", glns: null, expiresAt },
  scopes: ["interchanges:send"],
});

const portal = await startPortal(databaseUrl, { DATA_DIR: dataDir });
const gateway = await startGateway(databaseUrl, dataDir);
const browser = await launchChromium();
afterAll(() => browser.close());

/** Posts a message to the gateway as a sender does, and waits until its receiver has refused it. */
async function aRefusedMessage(reference: string, text: string): Promise<string> {
  const sent = [{ reference, type: "DIS01", version: "D0134L", text }];
  const answer = await fetch(`${gateway.origin}/v1/interchanges`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/edifact" },
    body: new Uint8Array(anInterchange({ sender, receiver, reference: `K${reference}`, messages: sent })),
  });
  expect(answer.status).toBe(202);
  const accepted = (await answer.json()) as { messages: { id: string }[] };
  const id = accepted.messages[0]?.id ?? "";
  await until(async () => (await getMessage(system(), { id })).state === "dead");
  return id;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error("not so after a minute");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function logIn(username: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await page.goto(`${portal.origin}/start`);
  await page.getByLabel("Brugernavn").fill(username);
  await page.getByLabel("Adgangskode").fill(password);
  await page.locator("main").getByRole("button", { name: "Log ind" }).click();
  await page.waitForURL(`${portal.origin}/start`);
  return page;
}

const stateOf = (page: Page) => page.locator(".state .tag").textContent();

test.each([
  [true, "L000001"],
  [false, "L000002"],
])(
  "an operator finds a dead letter, sees why, reroutes it, and sees it delivered (JavaScript: %s)",
  async (script, reference) => {
    await aRefusedMessage(reference, `Brev ${reference} 2512484916`);
    const page = await logIn("modtager", script);
    await page
      .getByRole("navigation", { name: "Mine sider" })
      .getByRole("link", { name: "Meddelelser" })
      .click();
    await page.getByText("Mere", { exact: true }).click();
    await page.getByRole("link", { name: "Ikke afleverede", exact: true }).click();
    const group = page.getByRole("row").filter({ hasText: "Modtageren afviste den" });
    expect(await group.textContent()).toContain(receiver);
    await group.getByRole("link", { name: "Se dem" }).click();
    await page.getByRole("link", { name: reference }).click();
    await page.getByRole("heading", { level: 1, name: `DIS01 ${reference}` }).waitFor();
    expect(await stateOf(page)).toBe("Ikke afleveret");
    const main = (await page.locator("main").textContent()) ?? "";
    expect(main).toContain("svarede 422");
    expect(main).toContain("no such department here");
    expect(main).not.toContain("2512484916");

    await page.getByRole("link", { name: "Omdirigér", exact: true }).click();
    await page.getByLabel("Nyt endepunkt").selectOption(spare);
    await page.getByLabel("Begrundelse").fill("afdelingen er flyttet");
    await page.getByRole("button", { name: "Se, hvad der sker" }).click();
    await page.getByRole("heading", { name: "Når du bekræfter" }).waitFor();
    expect(taking.bodies.some((body) => body.includes(reference))).toBe(false);
    await page.getByRole("button", { name: "Omdirigér nu" }).click();
    await page.getByText("Meddelelsen er omdirigeret").waitFor();
    await until(async () => {
      await page.reload();
      return (await stateOf(page)) === "Afleveret";
    });
    const course = (await page.locator("section", { has: page.locator("#forloeb") }).textContent()) ?? "";
    expect(course).toMatch(/Omdirigeret til .* i en ny kuvert.*Afleveret til/s);
    const [body = ""] = taking.bodies.filter((each) => each.includes(`Brev ${reference}`));
    expect(body).toContain(`UNH+${reference}+`);
    expect(body).not.toContain(`+K${reference}`);
    expect(refusing.bodies.filter((each) => each.includes(reference))).toHaveLength(1);
    await page.context().close();

    const other = await logIn("afsender", script);
    await other.goto(`${portal.origin}/meddelelser?reference=${reference}`);
    expect(await other.getByRole("row").filter({ hasText: reference }).textContent()).toContain("Afleveret");
    await other.context().close();
  },
  180_000,
);

test.each([true, false])(
  "a receiver of alerts has quiet hours on the 24-hour clock, and is told what changed meanwhile (JavaScript: %s)",
  async (script) => {
    const page = await logIn("afsender", script);
    const name = `Vagten ${script}`;
    const open = (text: string) => page.locator("summary").filter({ hasText: text }).click();
    await page.goto(`${portal.origin}/alarmer`);
    await open("Tilføj modtager");
    await page.getByLabel("Navn").fill(name);
    await page.getByLabel("Hvordan").selectOption("feed");
    await page.getByLabel("Ingen beskeder fra").fill("10:00 PM");
    await page.getByLabel("Ingen beskeder til").fill("6.30");
    await page.getByRole("button", { name: "Tilføj modtager" }).click();
    await page.locator("#quietFrom-fault", { hasText: "tt:mm, fx 22:00" }).waitFor();
    expect(await page.getByLabel("Ingen beskeder fra").inputValue()).toBe("10:00 PM");
    await page.getByLabel("Ingen beskeder fra").fill("kl. 22.00");
    await page.getByRole("button", { name: "Tilføj modtager" }).click();
    await page.getByRole("link", { name }).first().click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await open("Ret modtageren");
    await page.getByLabel("Hvor ofte").selectOption("daily");
    await page.getByLabel("Et endepunkt svarer ikke").check();
    await updateAlertSubscription(system(), { id, fields: { name: `${name} ved en anden` } });
    const save = page.getByRole("button", { name: "Gem", exact: true });
    await save.click();
    await page.getByText("En anden har gemt ændringer").waitFor();
    await page.getByRole("heading", { level: 1, name: `${name} ved en anden` }).waitFor();
    expect((await getAlertSubscription(system(), { id })).digest).toBe("at-once");
    await save.click();
    await page.getByText("Gemt.", { exact: true }).waitFor();
    expect(await getAlertSubscription(system(), { id })).toMatchObject({
      ...{ name, digest: "daily", kinds: ["endpoint-down"], channel: "feed" },
      ...{ quietFrom: "22:00", quietTo: "06:30" },
    });
    await page.context().close();
  },
);

test("a test message is marked on its page, in lists and on its interchange's page", async () => {
  const plainMessages = [{ reference: "T000001", type: "DIS01", version: "D0134L" }];
  const plain = anInterchange({ sender, receiver, reference: "KT000001", messages: plainMessages }).toString(
    "latin1",
  );
  const answer = await fetch(`${gateway.origin}/v1/interchanges`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: plain.replace("++++0'", "++++0++1'"),
  });
  const accepted = (await answer.json()) as { id: string; messages: { id: string }[] };
  const page = await logIn("afsender", false);
  for (const path of [
    `/meddelelser/${accepted.messages[0]?.id}`,
    `/meddelelser/kuvert/${accepted.id}`,
    "/meddelelser?reference=T000001",
  ]) {
    await page.goto(portal.origin + path);
    expect(await page.locator("main .tag").allTextContents()).toContain("Testmeddelelse");
  }
  await page.goto(`${portal.origin}/meddelelser?reference=L000001`);
  expect(await page.locator("main .tag").allTextContents()).not.toContain("Testmeddelelse");
  await page.context().close();
});
