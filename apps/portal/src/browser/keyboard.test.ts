import type { Page } from "playwright-core";
import { afterAll, beforeEach, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, logIn, startDemoPortal } from "../testing/demo-portal.ts";
import { sampleAddresses } from "../testing/page-samples.ts";
import { scriptsRun } from "../testing/typed-early.ts";

const portal = await startDemoPortal(60);
const samples = await sampleAddresses(portal.db, portal.accounts);
const [vendor] = portal.accounts.portal.vendors;
const cookies = vendor ? await logIn(portal.origin, vendor) : "";
const gln = portal.accounts.gateway.keys[0]?.sendsFrom[0] ?? "";
const browser = await launchChromium();
afterAll(() => browser.close());
let page: Page;

beforeEach(async () => {
  const context = await browser.newContext();
  await context.addCookies(browserCookies(cookies, portal.origin));
  page = await context.newPage();
  return () => context.close();
});

const tabsMax = 200;

/** The accessible name of the focused element, from its text or label. */
const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return "";
    const label = (element as HTMLInputElement).labels?.[0]?.textContent;
    return (element.getAttribute("aria-label") ?? label ?? element.textContent ?? "")
      .replace(/\s+/g, " ")
      .trim();
  });

/** Presses Tab until the element with this name has visible focus. */
async function tabTo(name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < tabsMax; presses += 1) {
    await page.keyboard.press("Tab");
    const text = await focused();
    if (typeof name === "string" ? text === name : name.test(text)) {
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement as Element).outlineStyle,
      );
      expect(outline, `${name} is outlined`).not.toBe("none");
      return;
    }
  }
  throw new Error(`Tab never reaches ${name}`);
}

async function pressEnterUntil(url: RegExp): Promise<void> {
  await page.keyboard.press("Enter");
  await page.waitForURL(url);
}

test("search, result, message and back again, with the keyboard only", async () => {
  await page.goto(`${portal.origin}/meddelelser`);
  await tabTo("Lokationsnummer, type eller reference");
  await page.keyboard.type("L000123");
  await pressEnterUntil(/text=L000123/);
  await tabTo(/L000123/);
  await pressEnterUntil(/\/meddelelser\/[0-9a-f-]{36}$/);
  await page.getByRole("heading", { level: 1, name: "DIS01 L000123" }).waitFor();
  await tabTo("Vis indhold");
  await pressEnterUntil(/\/indhold$/);
  await tabTo("Begrundelse");
  await page.keyboard.type("opkald fra klinikken");
  await tabTo("Vis sløret indhold");
  await page.keyboard.press("Enter");
  await page.getByRole("figure", { name: "Meddelelsens indhold" }).waitFor();
  for (let pages = 0; pages < 2; pages += 1) await page.goBack();
  await page.waitForURL(/text=L000123/);
  expect(await page.getByLabel("Lokationsnummer, type eller reference").inputValue()).toBe("L000123");
  // The headings, the day, and the message.
  expect(await page.getByRole("row").count()).toBe(3);
});

test("a message is rerouted with the keyboard only, after its consequence was shown", async () => {
  await page.goto(portal.origin + (samples["/(member)/meddelelser/[id]"] ?? ""));
  await tabTo("Omdirigér");
  await pressEnterUntil(/\/omdiriger$/);
  await tabTo("Nyt endepunkt");
  await page.keyboard.press("ArrowDown");
  await tabTo("Begrundelse");
  await page.keyboard.type("afdelingen er flyttet");
  await tabTo("Se, hvad der sker");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Når du bekræfter" }).waitFor();
  expect(await focused()).toBe("Når du bekræfter");
  await tabTo("Omdirigér nu");
  await pressEnterUntil(/gjort=reroute$/);
  await page.getByText("Meddelelsen er omdirigeret").waitFor();
});

const tabStopsMax = 40;

test("a message is ended with the keyboard only, in at most 40 tab stops from the top to the end of the panel", async () => {
  await page.goto(`${portal.origin}/lokationer/${gln}`);
  await scriptsRun(page);
  const boxes = page.locator('input[name="valgt"]');
  const before = await boxes.count();
  const types = await page.locator("td .version").count();
  expect(types).toBeGreaterThanOrEqual(30);
  const name = (await boxes.first().getAttribute("aria-label")) ?? "";
  await tabTo(name);
  await page.keyboard.press("Space");
  expect(await boxes.first().isChecked()).toBe(true);
  // The rows of a table are one stop; arrows go between them, and the panel hides none.
  await page.keyboard.press("End");
  const isOnTop = await page.evaluate(() => {
    const { x, y, width, height } = (document.activeElement as Element).getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === document.activeElement;
  });
  expect(isOnTop).toBe(true);
  await page.keyboard.press("ArrowUp");
  expect(await focused()).not.toBe(name);
  await page.keyboard.press("Home");
  expect(await focused()).toBe(name);
  await page.reload();
  await scriptsRun(page);
  let stops = 0;
  for (let text = ""; text !== "Gennemse ændringer"; stops += 1) {
    await page.keyboard.press("Tab");
    text = await focused();
    if (text === name) await page.keyboard.press("Space");
  }
  console.log(`${stops} tab stops for ${types} types on ${before} rows`);
  expect(stops).toBeLessThanOrEqual(tabStopsMax);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Gem nu" }).waitFor();
  await tabTo("Gem nu");
  await pressEnterUntil(/gemt=/);
  await page.getByText("/v1/routes/").waitFor();
  expect(await boxes.count()).toBe(before - 1);
});
