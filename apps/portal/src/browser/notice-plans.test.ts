import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoUser } from "@sor/core/access";
import { raiseAlertSignal, watchAlerts } from "@sor/core/alerts";
import { announceWindows, publishDueDrafts } from "@sor/core/notice-plans";
import { testDatabaseUrl } from "@sor/core/testing";
import { formatDanishInstant } from "@sor/core/validity";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { logIn } from "../testing/member.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
const password = "en lang sætning til test";
const job = (at = new Date()) => createContext(db, { kind: "system", job: "test" }, at);
const person = { username: "vagten", name: "Vagten", email: "vagten@example.org", password };
const role = { role: "authority", scope: { kind: "all" }, supplierId: null } as const;
await createDemoUser(job(), { ...person, ...role });
const portal = await startPortal(url);
const browser = await launchChromium();
afterAll(async () => {
  await browser.close();
  await portal.stop();
  await closeDatabase(db);
});
const cookies = [...(await logIn(portal, "vagten", password)).cookies];

async function aPage(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled, locale: "da-DK" });
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: portal.origin })));
  return await context.newPage();
}
const publicPage = async () => await (await fetch(`${portal.origin}/drift`)).text();
const saved = "Gemt. Det kan ses på driftsstatus nu.";

describe.each([
  ["with JavaScript", true, "back-pressure", "EDI-gatewayen tager ikke imod nye meddelelser"],
  ["without JavaScript", false, "clock-skew", "Afleveringen af meddelelser er sat på pause"],
] as const)("%s", (_name, hasScript, kind, title) => {
  beforeAll(async () => {
    const now = new Date();
    await raiseAlertSignal(job(now), { kind, subject: "gateway", forSeconds: 3600 });
    // The fault must have been seen for a while before it is an alert.
    for (const minutes of [0, 5]) await watchAlerts(job(new Date(now.getTime() + minutes * 60_000)));
  });

  test("from an open alert to a published incident with its service in three clicks, and once", async () => {
    const page = await aPage(hasScript);
    await page.goto(`${portal.origin}/start`);
    let clicks = 0;
    const click = async (target: ReturnType<Page["locator"]>) => {
      clicks += 1;
      await target.click();
    };
    await click(page.getByRole("link", { name: /alarm/i }).first());
    await page.waitForURL("**/alarmer");
    const other = await aPage(hasScript);
    await other.goto(page.url());
    const write = (on: Page) => on.getByRole("link", { name: "Skriv en driftsbesked om det" });
    await click(write(page).first());
    await write(other).first().click();
    await page.getByRole("heading", { level: 1, name: "Ny hændelse" }).waitFor();
    expect(await page.locator("input[name='services[]']:checked").getAttribute("value")).toBe(
      "edi-gateway-demo",
    );
    await click(page.getByRole("button", { name: "Offentliggør" }));
    await page.getByText(saved).waitFor();
    expect(clicks).toBe(3);
    expect(await publicPage()).toContain(title);
    await other.getByRole("button", { name: "Offentliggør" }).click();
    await other.locator(".fault-summary", { hasText: "alarmen har allerede en driftsbesked" }).waitFor();
    expect((await publicPage()).split(`>${title}</a>`)).toHaveLength(2);
    await page.goto(`${portal.origin}/alarmer`);
    expect(await write(page).count()).toBe(0);
    expect(await page.getByRole("link", { name: "Se driftsbeskeden om det" }).count()).toBeGreaterThan(0);
    for (const one of [page, other]) await one.context().close();
  }, 60_000);

  test("a draft is kept unfinished, previewed as page, feed and mail, and publishes itself at its time", async () => {
    const page = await aPage(hasScript);
    await page.goto(`${portal.origin}/driftsbeskeder/ny?type=information`);
    const heading = `Ny vejledning ${hasScript}`;
    await page.getByLabel("Overskrift").fill(heading);
    await page.getByText("Gem som kladde, eller offentliggør senere").click();
    await page.getByRole("button", { name: "Gem kladden" }).click();
    await page.getByText("Kladden er gemt.").waitFor();
    await page.getByRole("link", { name: heading }).click();
    await page.getByLabel("Tekst", { exact: true }).fill("Der er en <b>ny</b> vejledning.");
    await page.locator("input[name='services[]']").first().check();
    await page.getByRole("button", { name: "Vis udkast" }).click();
    await page.getByText("Sådan står den i feedene").click();
    await page.getByText("Sådan ser mailen ud").click();
    const preview = await page.locator("section", { has: page.locator("#draft") }).textContent();
    expect(preview).toContain(`[Orientering] ${heading}`);
    expect(preview).toContain(`[SOR drift] Orientering: ${heading}`);
    expect(preview?.split("<b>ny</b>").length).toBe(4);
    const at = new Date(Date.now() + 3_600_000);
    await page.getByLabel("Offentliggøres").fill(formatDanishInstant(at).split(" (")[0] ?? "");
    await page.getByRole("button", { name: "Gem kladden" }).click();
    await page.getByText("Kladden er gemt.").waitFor();
    expect(await publishDueDrafts(job())).toBe(0);
    expect(await publishDueDrafts(job(at))).toBe(1);
    await page.goto(`${portal.origin}/driftsbeskeder`);
    expect(await page.getByRole("table", { name: "Kladder og planlagte driftsbeskeder" }).count()).toBe(0);
    expect(await publicPage()).toContain(heading);
    await page.context().close();
  }, 60_000);

  test("a recurring window shows its days and is announced; a template begins a notice", async () => {
    const page = await aPage(hasScript);
    await page.goto(`${portal.origin}/driftsbeskeder/faste-vinduer`);
    const heading = `Hver måned ${hasScript}`;
    await page.getByLabel("Overskrift").fill(heading);
    await page.getByLabel("Tekst", { exact: true }).fill("Vi opdaterer.");
    await page.getByRole("button", { name: "Opret det faste servicevindue" }).evaluate((button) => {
      (button as HTMLButtonElement).form?.setAttribute("novalidate", "");
    });
    await page.getByLabel("Fra klokken").fill("kl. 22.00");
    await page.getByLabel("Til klokken").fill("03:00");
    await page.getByRole("button", { name: "Opret det faste servicevindue" }).click();
    await page.locator(".fault-summary").waitFor();
    await page.getByLabel("Den tredje").check();
    await page.locator("input[name='services[]']").first().check();
    await page.getByRole("button", { name: "Opret det faste servicevindue" }).click();
    await page.getByText("Det faste servicevindue er oprettet.").waitFor();
    const card = page.locator("article", { hasText: heading });
    expect(await card.textContent()).toContain("Den tredje torsdag i måneden kl. 22:00-03:00");
    expect(await card.locator("li").count()).toBeGreaterThan(4);
    for (const days of [0, 6, 12, 18, 24, 30, 36])
      await announceWindows(job(new Date(Date.now() + days * 86_400_000)));
    expect(await publicPage()).toContain(heading);

    await page.goto(`${portal.origin}/driftsbeskeder/skabeloner`);
    await page.getByLabel("Navn").fill(`Skabelon ${hasScript}`);
    await page.getByLabel("Overskrift").fill("Langsomt igen");
    await page.getByLabel("Tekst", { exact: true }).fill("Det er langsomt.");
    await page.getByRole("button", { name: "Gem skabelonen" }).click();
    await page.getByText("Skabelonen er gemt.").waitFor();
    await page.goto(`${portal.origin}/driftsbeskeder/ny?type=haendelse`);
    await page.getByRole("link", { name: `Skabelon ${hasScript}` }).click();
    await expect.poll(() => page.getByLabel("Overskrift").inputValue()).toBe("Langsomt igen");
    await page.context().close();
  }, 60_000);
});
