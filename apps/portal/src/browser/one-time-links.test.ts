import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoUser } from "@sor/core/access";
import { createSupplier } from "@sor/core/endpoints";
import { testDatabaseUrl } from "@sor/core/testing";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { authenticatorCode } from "../testing/authenticator.ts";
import { launchChromium } from "../testing/chromium.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
const { origin } = await startPortal(url);
const browser = await launchChromium();
afterAll(async () => {
  await browser.close();
  await closeDatabase(db);
});
const password = "en lang sætning til test";
const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
const vendor = { name: "Nordlys", sorCode: null, email: null, telephone: null };
const supplierId = (await createSupplier(ctx, vendor)).id;
await createDemoUser(ctx, {
  ...{ username: "admin", name: "Administrator", email: "admin@example.org", password, supplierId },
  ...{ role: "vendor-administrator", scope: { kind: "supplier", supplierId } },
});

async function open(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled, baseURL: origin, locale: "da-DK" });
  return await context.newPage();
}

async function press(page: Page, button: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: button }).click();
}

async function logIn(page: Page, username: string, secret: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Brugernavn").fill(username);
  await page.getByLabel("Adgangskode").fill(secret);
  await page.locator("main").getByRole("button", { name: "Log ind" }).click();
}

async function choosePassword(page: Page, link: string, secret: string, button: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Ny adgangskode", { exact: true }).fill(secret);
  await page.getByLabel("Gentag adgangskoden").fill(secret);
  await press(page, button);
  await page.getByText("Adgangskoden er gemt. Log ind med den.").waitFor();
}

const shownLink = (page: Page) => page.locator('a[href*="/invitation/"]').getAttribute("href");

async function invite(admin: Page, username: string): Promise<string> {
  await logIn(admin, "admin", password);
  await admin.waitForURL("**/start");
  await admin.goto("/brugere/ny");
  await admin.getByLabel("Brugernavn").fill(username);
  await admin.getByLabel("Navn", { exact: true }).fill("Bo Berg");
  await admin.getByLabel("E-mail").fill(`${username}@example.org`);
  await press(admin, "Opret invitation");
  return (await shownLink(admin)) ?? "no link";
}

/** The first of the backup codes that the page shows. */
const backupCode = (page: Page) =>
  page.getByRole("list", { name: "Gem nødkoderne" }).locator("li").first().textContent();

async function setUpSecondFactor(page: Page, isOn: boolean): Promise<{ key: string; code: string }> {
  await page.goto("/konto/totrinslogin");
  await page.getByLabel("Nuværende adgangskode").fill(password);
  await press(page, "Kom i gang");
  const key = (await page.locator(".key .code").textContent()) ?? "";
  expect(key.replaceAll(" ", "")).toMatch(/^[A-Z2-7]{32}$/);
  for (const name of ["Kopiér", "Udskriv"]) {
    expect(await page.getByRole("button", { name }).count(), name).toBe(isOn ? 1 : 0);
  }
  const code = (await backupCode(page)) ?? "";
  await page.getByLabel("Engangskode").fill(authenticatorCode(key));
  await press(page, "Slå til");
  await page.waitForURL("**/konto/totrinslogin?til");
  return { key, code };
}

/** Replaces the backup codes; returns one of the new ones. */
async function renewCodes(page: Page): Promise<string> {
  await page.goto("/konto/totrinslogin");
  await page.getByLabel("Nuværende adgangskode").fill(password);
  await press(page, "Lav nye nødkoder");
  await page.getByRole("heading", { level: 2, name: "Gem nødkoderne" }).waitFor();
  return (await backupCode(page)) ?? "";
}

async function turnOffSecondFactor(page: Page, secret: string): Promise<void> {
  await page.goto("/konto/totrinslogin");
  await page.getByLabel("Nuværende adgangskode").fill("en forkert adgangskode");
  await press(page, "Slå fra");
  await page.locator(".fault-summary").waitFor();
  await page.getByLabel("Nuværende adgangskode").fill(secret);
  await press(page, "Slå fra");
  await page.waitForURL("**/konto/totrinslogin?fra");
}

async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: "Skriv din engangskode" }).waitFor();
  expect(await page.title()).toBe("Skriv din engangskode · SOR");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("code");
  await page.getByLabel("Engangskode").fill(code);
  await page.locator("main").getByRole("button", { name: "Log ind" }).click();
  await page.waitForURL("**/start");
}

/** Opens the account menu; with JavaScript it closes on Escape, which returns the focus, and on a click elsewhere. */
async function useAccountMenu(page: Page, isOn: boolean): Promise<void> {
  const [button, menu] = [page.locator("header summary"), page.locator("header details")];
  const isOpen = () => menu.evaluate((element) => (element as HTMLDetailsElement).open);
  await button.click();
  if (!isOn) return;
  for (const close of [() => page.keyboard.press("Escape"), () => page.locator("h1").click()]) {
    expect(await isOpen()).toBe(true);
    await close();
    await expect.poll(isOpen).toBe(false);
    await button.click();
  }
}

test.each([
  ["with", true],
  ["without", false],
])("an invitation, a second factor and a new password end logged in, %s JavaScript", async (word, isOn) => {
  const username = `bo.${word}`;
  const [admin, page] = [await open(isOn), await open(isOn)];
  const link = await invite(admin, username);
  await choosePassword(page, link, password, "Opret bruger");
  await logIn(page, username, password);
  await page.waitForURL("**/start");

  await page.goto("/konto");
  expect(await page.getByRole("region", { name: "Dine logins" }).textContent()).toContain("Chrome på Linux");
  const { key, code } = await setUpSecondFactor(page, isOn);
  await useAccountMenu(page, isOn);
  await press(page, "Log ud");
  await logIn(page, username, password);
  await typeCode(page, authenticatorCode(key, 1));
  const spare = await renewCodes(page);
  expect(spare).not.toBe(code);

  await admin.goto("/brugere");
  await admin.getByRole("link", { name: username }).click();
  await press(admin, "Opret link til ny adgangskode");
  const reset = (await shownLink(admin)) ?? "no link";
  const fresh = "en helt anden lang sætning";
  const elsewhere = await open(isOn);
  await choosePassword(elsewhere, reset, fresh, "Gem adgangskoden");
  await logIn(elsewhere, username, fresh);
  await typeCode(elsewhere, spare);
  await turnOffSecondFactor(elsewhere, fresh);

  for (const spent of [link, reset]) {
    expect((await elsewhere.goto(spent))?.status()).toBe(410);
    const text = await elsewhere.locator("main").textContent();
    expect(text).toContain("Linket virker ikke længere");
    expect(text).toContain("Linket er brugt. Log ind, eller bed om et nyt.");
  }
  expect((await elsewhere.goto(`${link.slice(0, -3)}`))?.status()).toBe(404);
  expect(await elsewhere.locator("main").textContent()).toContain("Kopiér hele linket");
});
