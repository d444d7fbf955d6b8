import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { closeDatabase, createContext, migrateDatabase, openDatabase } from "@sor/core";
import { createDemoUser } from "@sor/core/access";
import { startThrowawayPostgres } from "@sor/core/database";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { logIn } from "../testing/member.ts";
import { startPortal } from "../testing/portal.ts";

const dataDir = await mkdtemp(join(tmpdir(), "sor-notices-"));
// Its own server, which is killed at the end.
const postgres = await startThrowawayPostgres();
await migrateDatabase(postgres.url);
const db = openDatabase(postgres.url, { onConnectionLost: () => undefined });
const password = "en lang sætning til test";
const person = { username: "vagten", name: "Vagten", email: "vagten@example.org", password };
const authority = { role: "authority", scope: { kind: "all" }, supplierId: null } as const;
await createDemoUser(createContext(db, { kind: "system", job: "test" }, new Date()), {
  ...person,
  ...authority,
});
await closeDatabase(db);
const portal = await startPortal(postgres.url, { DATA_DIR: dataDir });
const browser = await launchChromium();
afterAll(async () => {
  await browser.close();
  await portal.stop();
  await postgres.stop();
  await rm(dataDir, { recursive: true });
});
const cookies = [...(await logIn(portal, "vagten", password)).cookies];

async function aPage(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled, locale: "da-DK" });
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: portal.origin })));
  return await context.newPage();
}
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest("[tabindex]")?.textContent ?? "");
const faultsOf = (page: Page) => page.locator(".fault-summary li").allTextContents();

describe.each([
  ["with JavaScript", true],
  ["without JavaScript", false],
])("%s", (_name, hasScript) => {
  test("an incident with several errors reports all of them, is previewed, and is published once", async () => {
    const page = await aPage(hasScript);
    await page.goto(`${portal.origin}/driftsbeskeder`);
    await page.getByRole("link", { name: "Ny hændelse" }).click();
    await page.locator("form[action*='preview']").evaluate((form: HTMLFormElement) => {
      form.noValidate = true;
    });
    const title = `Langsomme opslag ${hasScript}`;
    await page.getByRole("button", { name: "Offentliggør" }).click();
    await page.locator(".fault-summary").waitFor();
    expect((await faultsOf(page)).map((text) => text.split(":")[0])).toEqual(
      expect.arrayContaining(["Overskrift", "Tekst", "Berørte tjenester"]),
    );
    await page.getByLabel("Overskrift").fill(title);
    await page.getByLabel("Tekst", { exact: true }).fill("Opslag svarer langsomt.");
    await page.locator("input[name='services[]']").first().check();
    await page.getByRole("button", { name: "Vis udkast" }).click();
    await page.getByRole("heading", { name: /^Udkast/ }).waitFor();
    expect(await focused(page)).toContain("Udkast");
    expect(await (await fetch(`${portal.origin}/drift`)).text()).not.toContain(title);
    await page.getByRole("button", { name: "Offentliggør" }).click();
    await page.getByText("Gemt. Det kan ses på driftsstatus nu.").waitFor();
    await page.getByLabel("Tilstand").selectOption("identified");
    await page.getByLabel("Tekst", { exact: true }).fill("Årsagen er fundet.");
    await page.getByRole("button", { name: "Offentliggør" }).click();
    await page.getByRole("heading", { name: "2. Årsag fundet" }).waitFor();
    const status = await (await fetch(`${portal.origin}/drift`)).text();
    expect(status.split(`>${title}</a>`).length - 1).toBe(1);
    expect(status.indexOf(title)).toBeLessThan(status.indexOf('id="services-'));
    await page.context().close();
  }, 60_000);

  test("the times of a window are entered in Danish format, and an error is shown at its field", async () => {
    const page = await aPage(hasScript);
    await page.goto(`${portal.origin}/driftsbeskeder/ny?type=servicevindue`);
    await page.getByLabel("Overskrift").fill(`Vindue ${hasScript}`);
    await page.getByLabel("Tekst", { exact: true }).fill("Vi vedligeholder.");
    await page.locator("input[name='services[]']").first().check();
    await page.getByLabel("Planlagt start").fill("31-02-2099 22:00");
    await page.getByLabel("Planlagt slut").fill("i morgen");
    const faultAt = (name: string) => page.locator(`#${name}-fault`).textContent();
    await page.getByRole("button", { name: "Offentliggør" }).click();
    await page.locator(".fault-summary").waitFor();
    expect(await faultAt("plannedStart")).toContain("findes ikke");
    expect(await faultAt("plannedEnd")).toContain("dd-mm-åååå kl. tt:mm");
    expect(await page.getByLabel("Planlagt start").inputValue()).toBe("31-02-2099 22:00");
    await page.getByLabel("Planlagt start").fill("24-10-2020 kl. 22:00");
    await page.getByLabel("Planlagt slut").fill("24-10-2020 kl. 23:00");
    await page.getByRole("button", { name: "Offentliggør" }).click();
    await page.locator("#plannedEnd-fault", { hasText: "Servicevinduet er allerede slut" }).waitFor();
    await page.getByLabel("Planlagt start").fill("24.10.2099 kl. 22.00");
    // Early on the last Sunday of October the clock shows half past two twice.
    await page.getByLabel("Planlagt slut").fill("25-10-2099 kl. 02:30");
    await page.getByRole("button", { name: "Offentliggør" }).click();
    await page.getByLabel("Hvilken").first().selectOption("normal");
    await page.getByRole("button", { name: "Offentliggør" }).click();
    await page.getByText("Gemt. Det kan ses på driftsstatus nu.").waitFor();
    await page.getByRole("link", { name: "Se driftsbeskeden på den offentlige side" }).click();
    await page.getByText("24-10-2099 kl. 22:00").waitFor();
    expect(await page.locator("main").textContent()).toContain("25-10-2099 kl. 02:30 (normaltid)");
    await page.context().close();
  }, 60_000);

  test("a state without a reason is refused at its field, and a concurrent change is not overwritten", async () => {
    const [page, other] = [await aPage(hasScript), await aPage(hasScript)];
    for (const one of [page, other]) await one.goto(`${portal.origin}/driftsbeskeder`);
    const set = async (one: Page, reason: string) => {
      await one.getByLabel("Tjeneste", { exact: true }).selectOption({ index: 1 });
      await one.getByLabel("Ny status").selectOption("down");
      await one.getByLabel("Begrundelse").fill(reason);
      await one.getByRole("button", { name: "Sæt status" }).click();
    };
    await set(page, "a");
    await page.locator(".fault-summary").waitFor();
    expect((await faultsOf(page))[0]).toMatch(/^Begrundelse:/);
    await set(page, `Strømsvigt ${hasScript}`);
    await page.getByText("Gemt. Det kan ses").waitFor();
    await set(other, "Omstart");
    await other.locator(".fault-summary").waitFor();
    expect((await faultsOf(other))[0]).toContain("En anden har ændret det i mellemtiden");
    for (const one of [page, other]) await one.context().close();
  }, 60_000);

  test("of two concurrent corrections of one text the second is refused and keeps its input", async () => {
    const [page, other] = [await aPage(hasScript), await aPage(hasScript)];
    for (const one of [page, other]) {
      await one.goto(`${portal.origin}/driftsbeskeder`);
      await one.getByRole("link", { name: `Langsomme opslag ${hasScript}` }).click();
      await one.getByText("Ret en tastefejl").first().click();
      await one
        .getByLabel("Teksten")
        .first()
        .fill(one === page ? "Opslag svarer nu\nmeget langsomt." : "Opslag er langsomme.");
    }
    await page.getByRole("button", { name: "Gem rettelsen" }).first().click();
    await page.getByText("Gemt. Det kan ses").waitFor();
    await other.getByRole("button", { name: "Gem rettelsen" }).first().click();
    await other.locator(".fault-summary").waitFor();
    expect(await other.getByLabel("Teksten").first().inputValue()).toBe("Opslag er langsomme.");
    expect(await other.locator("p.text").first().textContent()).toContain("meget langsomt");
    await other.getByRole("button", { name: "Gem rettelsen" }).first().click();
    await other.getByText("Gemt. Det kan ses").waitFor();
    for (const one of [page, other]) await one.context().close();
  }, 60_000);
});

test("without the database the status page shows the last good copy, also after a restart, and member pages say why they fail", async () => {
  for (const path of ["/", "/drift", "/drift/rss.xml"])
    expect((await fetch(portal.origin + path)).status).toBe(200);
  const statusPage = join(dataDir, "status/index.html");
  await expect
    .poll(() => readFile(statusPage, "utf8").catch(() => ""), { timeout: 15_000 })
    .toContain("Langsomme opslag false");
  process.kill(postgres.pid, "SIGKILL");
  await postgres.ended;
  const cookie = cookies.map(([name, value]) => `${name}=${value}`).join("; ");
  const look = async (origin: string) => {
    const started = performance.now();
    const page = await fetch(`${origin}/drift`, { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(performance.now() - started).toBeLessThan(10_000);
    const html = await page.text();
    expect(html).toContain("Databasen svarer ikke");
    expect(html).toContain("Langsomme opslag");
    for (const path of ["/", "/drift/rss.xml"]) expect((await fetch(origin + path)).status).toBe(200);
    const member = await fetch(`${origin}/driftsbeskeder`, { headers: { cookie }, redirect: "manual" });
    expect(member.status).toBe(503);
    expect(await member.text()).toContain("Vi kan ikke svare lige nu");
  };
  await look(portal.origin);
  const again = await startPortal(postgres.url, { DATA_DIR: dataDir });
  await look(again.origin);
  // The cookie is the session's token and its signature.
  const tokens = cookies
    .map(([, value]) => decodeURIComponent(value).split(".")[0] ?? value)
    .filter((text) => text.length > 16);
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of tokens) expect(portal.output() + again.output()).not.toContain(token);
  for (const each of [portal, again]) await each.stop();
  await holdStaticStatus(statusPage);
}, 90_000);

/** The files that stay when portal and database are gone: what was known, until it is too old to be told as known. */
async function holdStaticStatus(path: string): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`file://${path}`);
  const made = await page.locator("#made time").getAttribute("datetime");
  await page.clock.setFixedTime(new Date(Date.parse(made ?? "") + 60_000));
  await page.reload();
  expect(await page.locator("main").textContent()).toContain("Langsomme opslag false");
  expect(await page.getByText("Status er ukendt.", { exact: true }).isVisible()).toBe(false);
  expect(await page.getByRole("table").isVisible()).toBe(true);
  await page.clock.setFixedTime(new Date(Date.parse(made ?? "") + 6 * 60_000));
  await page.reload();
  expect(await page.getByText("Status er ukendt.", { exact: true }).isVisible()).toBe(true);
  expect(await page.getByRole("table").isVisible()).toBe(false);
  await page.context().close();
  const folder = dirname(path);
  const summary = JSON.parse(await readFile(join(folder, "summary.json"), "utf8"));
  expect(summary.incidents.map(({ name }: { name: string }) => name)).toContain("Langsomme opslag false");
  for (const name of ["rss.xml", "atom.xml", "feed.json"])
    expect(await readFile(join(folder, name), "utf8")).toContain("Langsomme opslag");
  expect(await readFile(join(folder, "servicevinduer.ics"), "utf8")).toMatch(/^BEGIN:VCALENDAR/);
  expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
}
