import { AxeBuilder } from "@axe-core/playwright";
import { currentSequence } from "@sor/core/journal";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, logIn, startDemoPortal } from "../testing/demo-portal.ts";
import { focusOn } from "../testing/focus.ts";

const portal = await startDemoPortal(60);
const [vendor] = portal.accounts.portal.vendors;
const gln = portal.accounts.gateway.keys[0]?.sendsFrom[0] ?? "";
const cookies = vendor ? await logIn(portal.origin, vendor) : "";
const browser = await launchChromium();
afterAll(() => browser.close());

async function openPage(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  await context.addCookies(browserCookies(cookies, portal.origin));
  return await context.newPage();
}

const openTicks = (page: Page) => page.locator("summary", { hasText: "Flere meddelelsestyper" }).click();
const openWriting = (page: Page) => page.locator("summary", { hasText: "Ældre versioner" }).click();

beforeAll(() => {
  expect(gln).toMatch(/^\d{13}$/);
});

// Types that no demo profile has, so that each is new wherever the journey begins.
test.each([
  [true, "RUC10", "with JavaScript"],
  [false, "RUC11", "without JavaScript"],
])(
  "a vendor finds a location number, adds a type, sees the difference and saves it (%s: %s, %s)",
  async (script, code) => {
    const page = await openPage(script);
    await page.goto(`${portal.origin}/lokationer?text=${gln}`);
    await page.getByRole("link", { name: gln, exact: true }).click();
    await openWriting(page);
    await page.locator("#type-new-0").fill(code);
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.getByRole("button", { name: "Gem", exact: true }).waitFor();
    await expect.poll(() => focusOn(page)).toEqual({ text: "Gennemse ændringer", isSeen: true });
    const before = await currentSequence(portal.db);
    const difference = page.getByRole("row").filter({ hasText: code });
    expect(await difference.textContent()).toContain("Tilføjes");
    expect(await page.getByRole("row").count()).toBe(2);
    await page.getByRole("button", { name: "Gem", exact: true }).click();
    await page.getByText("/v1/routes/").waitFor();
    expect(await page.locator("pre").textContent()).toContain(`/v1/routes/${gln}/${code}?version=`);
    await expect.poll(() => focusOn(page)).toEqual({ text: expect.stringMatching(/^Gemt/), isSeen: true });
    expect(await currentSequence(portal.db)).toBe(before + 1);
    await page.getByRole("link", { name: "Historik" }).click();
    await page.waitForURL(/\/historik$/);
    const [newest] = await page.locator("tbody tr").all();
    expect(await newest?.textContent()).toContain(code);
    expect(await newest?.textContent()).toContain("Tilføjet");
    await page.context().close();
  },
);

test.each([
  [true, ["RUC05 U0531U", "RUC06 U0631U"]],
  [false, ["RUC07 U0731U", "RUC09 U0935U"]],
])(
  "a vendor ticks two types, sees the difference and saves it (JavaScript: %s: %s)",
  async (script, pairs) => {
    const page = await openPage(script);
    await page.goto(`${portal.origin}/lokationer/${gln}`);
    await openTicks(page);
    const group = page.getByRole("group", { name: "EDIFACT" });
    for (const pair of pairs) await group.getByRole("checkbox", { name: pair }).check();
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.getByRole("button", { name: "Gem", exact: true }).waitFor();
    expect(await page.getByRole("row").count()).toBe(1 + pairs.length);
    for (const pair of pairs) {
      expect(await page.getByRole("row").filter({ hasText: pair }).textContent()).toContain("Tilføjes");
    }
    const before = await currentSequence(portal.db);
    await page.getByRole("button", { name: "Gem", exact: true }).click();
    await page.getByText("/v1/routes/").waitFor();
    expect(await currentSequence(portal.db)).toBe(before + 1);
    for (const pair of pairs) {
      expect(await page.getByRole("rowheader").filter({ hasText: pair }).count()).toBe(1);
      expect(await page.getByRole("checkbox", { name: pair }).count()).toBe(1);
    }
    await page.context().close();
  },
);

test.each([true, false])(
  "ticks survive a fault elsewhere on the form, and going back (JavaScript: %s)",
  async (script) => {
    const page = await openPage(script);
    await page.goto(`${portal.origin}/lokationer/${gln}`);
    await openTicks(page);
    const tick = page.getByRole("checkbox", { name: "RUC08 U0831U" });
    await tick.check();
    await openWriting(page);
    await page.locator("#type-new-0").fill("DIS99");
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.locator("#type-new-0-fault").waitFor();
    expect(await tick.isVisible()).toBe(true);
    expect(await tick.isChecked()).toBe(true);
    await page.locator("#type-new-0").fill("");
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.getByRole("button", { name: "Ret videre" }).click();
    await tick.waitFor();
    expect(await tick.isChecked()).toBe(true);
    await page.context().close();
  },
);

test.each([
  [true, "RUC01 U0131U", "RUC02 U0231U"],
  [false, "RUC03 U0332U", "RUC04 U0432U"],
])(
  "after another's save the page shows the present rows, and the ticks still (JavaScript: %s)",
  async (script, mine, theirs) => {
    const [page, other] = [await openPage(script), await openPage(false)];
    for (const [each, pair] of [
      [page, mine],
      [other, theirs],
    ] as const) {
      await each.goto(`${portal.origin}/lokationer/${gln}`);
      await openTicks(each);
      await each.getByRole("checkbox", { name: pair }).check();
      await each.getByRole("button", { name: "Gennemse ændringer" }).click();
      await each.getByRole("button", { name: "Gem", exact: true }).waitFor();
    }
    await other.getByRole("button", { name: "Gem", exact: true }).click();
    await other.getByText("/v1/routes/").waitFor();
    await page.getByRole("button", { name: "Gem", exact: true }).click();
    await page.locator(".fault-summary").filter({ hasText: "imens" }).waitFor();
    await page.getByRole("rowheader").filter({ hasText: theirs }).waitFor();
    expect(await page.getByRole("checkbox", { name: mine }).isChecked()).toBe(true);
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.getByRole("button", { name: "Gem", exact: true }).click();
    await page.getByText("/v1/routes/").waitFor();
    expect(await page.getByRole("rowheader").filter({ hasText: mine }).count()).toBe(1);
    await page.context().close();
    await other.context().close();
  },
);

test("the opened tick boxes are accessible, and fit the narrowest phone", async () => {
  const page = await openPage(true);
  await page.setViewportSize({ width: 320, height: 900 });
  await page.goto(`${portal.origin}/lokationer/${gln}`);
  await openTicks(page);
  await openWriting(page);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).include("main").analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`))).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.context().close();
});

test.each([true, false])(
  "a wrong type stands at its field with what was typed (JavaScript: %s)",
  async (script) => {
    const page = await openPage(script);
    await page.goto(`${portal.origin}/lokationer/${gln}`);
    await openWriting(page);
    await page.locator("#type-new-0").fill("DIS99");
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.locator("#type-new-0-fault").waitFor();
    const summary = { text: expect.stringMatching(/^Det kunne ikke gennemføres/), isSeen: true };
    await expect.poll(() => focusOn(page)).toEqual(summary);
    expect(await page.locator("#type-new-0").inputValue()).toBe("DIS99");
    expect(await page.locator("#type-new-0").getAttribute("aria-invalid")).toBe("true");
    await page.context().close();
  },
);

test("a row whose tick is cleared is shown as ending, and going back keeps it cleared", async () => {
  const page = await openPage(false);
  await page.goto(`${portal.origin}/lokationer/${gln}`);
  await page.locator("#keep-0").uncheck();
  await page.getByRole("button", { name: "Gennemse ændringer" }).click();
  expect(await page.getByRole("row").filter({ hasText: "Ophører" }).count()).toBe(1);
  await page.getByRole("button", { name: "Ret videre" }).click();
  expect(await page.locator("#keep-0").isChecked()).toBe(false);
  expect(await page.locator("#keep-1").isChecked()).toBe(true);
  await page.context().close();
});
