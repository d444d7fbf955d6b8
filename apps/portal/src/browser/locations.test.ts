import { AxeBuilder } from "@axe-core/playwright";
import { currentSequence } from "@sor/core/journal";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, logIn, startDemoPortal } from "../testing/demo-portal.ts";
import { focusOn } from "../testing/focus.ts";
import { openTicks, openWriting, review, rowOf, save, saveNew } from "../testing/location-journeys.ts";

const portal = await startDemoPortal(60);
const [vendor] = portal.accounts.portal.vendors;
const gln = portal.accounts.gateway.keys[0]?.sendsFrom[0] ?? "";
const pageOfLocation = `${portal.origin}/lokationer/${gln}`;
const cookies = vendor ? await logIn(portal.origin, vendor) : "";
const browser = await launchChromium();
afterAll(() => browser.close());

async function openPage(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  await context.addCookies(browserCookies(cookies, portal.origin));
  return await context.newPage();
}

beforeAll(() => {
  expect(gln).toMatch(/^\d{13}$/);
});

// Types that no demo profile has, so that each is new to every location number.
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
    await page.getByRole("button", { name: "Tilbage til redigering" }).click();
    await tick.waitFor();
    expect(await tick.isChecked()).toBe(true);
    await page.context().close();
  },
);

test.each([
  [true, "RUC01 U0131U", "RUC02 U0231U"],
  [false, "RUC03 U0332U", "RUC04 U0432U"],
])(
  "after another's save the review is on top of it, and says what the other did (JavaScript: %s)",
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
    const meanwhile = page.getByText("En anden har rettet lokationsnummeret imens").locator("..");
    await meanwhile.getByText(theirs).waitFor();
    await expect.poll(() => focusOn(page)).toEqual({ text: "Gennemse ændringer", isSeen: true });
    expect(await page.getByRole("rowheader").allInnerTexts()).toEqual([expect.stringContaining(mine)]);
    await page.getByRole("button", { name: "Gem", exact: true }).click();
    await page.getByText("/v1/routes/").waitFor();
    expect(await page.getByRole("rowheader").filter({ hasText: mine }).count()).toBe(1);
    await page.context().close();
    await other.context().close();
  },
);

test("the opened checkboxes are accessible, and fit the narrowest phone", async () => {
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
    const summary = { text: expect.stringMatching(/^Ret 1 fejl for at komme videre/), isSeen: true };
    await expect.poll(() => focusOn(page)).toEqual(summary);
    expect(await page.locator("#type-new-0").inputValue()).toBe("DIS99");
    expect(await page.locator("#type-new-0").getAttribute("aria-invalid")).toBe("true");
    await page.context().close();
  },
);

test("a row whose checkbox is cleared is shown as ending, and going back keeps it cleared", async () => {
  const page = await openPage(false);
  await page.goto(`${portal.origin}/lokationer/${gln}`);
  await page.locator("#keep-0").uncheck();
  await page.getByRole("button", { name: "Gennemse ændringer" }).click();
  expect(await page.getByRole("row").filter({ hasText: "Ophører" }).count()).toBe(1);
  await page.getByRole("button", { name: "Tilbage til redigering" }).click();
  expect(await page.locator("#keep-0").isChecked()).toBe(false);
  expect(await page.locator("#keep-1").isChecked()).toBe(true);
  await page.context().close();
});

test.each([
  [true, "PID01 I0130D"],
  [false, "PID02 I0230D"],
])(
  "what both changed is shown from both sides, and nothing typed is lost (JavaScript: %s)",
  async (script, pair) => {
    const [page, other] = [await openPage(script), await openPage(false)];
    const days = ["31-12-2030", "30-11-2030"];
    await saveNew(other, pageOfLocation, pair);
    for (const [i, each] of [other, page].entries()) {
      await each.goto(`${portal.origin}/lokationer/${gln}`);
      await rowOf(each, pair)
        .getByLabel("Sidste dag")
        .fill(days[i] ?? "");
    }
    await page.getByLabel("Bemærkning").fill("Aftalt med klinikken");
    await review(other);
    await save(other);
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    const summary = page
      .locator(".fault-summary")
      .filter({ hasText: `${pair}: Rettet af en anden imens: nu 31-12-2030` });
    await summary.waitFor();
    expect(await rowOf(page, pair).getByLabel("Sidste dag").inputValue()).toBe("30-11-2030");
    expect(await page.getByLabel("Bemærkning").inputValue()).toBe("Aftalt med klinikken");
    await review(page);
    expect(await rowOf(page, pair).textContent()).toMatch(/til og med 31-12-2030.*til og med 30-11-2030/);
    await page.context().close();
    await other.context().close();
  },
);

test.each([
  [true, "PID03 I0330D"],
  [false, "PID04 I0430D"],
])(
  "a type in force has no first day to move, and a gap is ticked before it is saved (JavaScript: %s)",
  async (script, pair) => {
    const page = await openPage(script);
    await saveNew(page, pageOfLocation, pair);
    expect(await rowOf(page, pair).getByLabel("Første dag").count()).toBe(0);
    expect(await rowOf(page, pair).textContent()).toContain("fra ");
    await page.goto(`${portal.origin}/lokationer/${gln}`);
    await rowOf(page, pair).getByLabel("Sidste dag").fill("31-03-2030");
    await openWriting(page);
    await page.locator("#type-new-0").fill(pair);
    await page.locator("#from-new-0").fill("01-07-2030");
    await review(page);
    await page.getByText(`${pair}: Modtages ikke 01-04-2030 – 30-06-2030`).waitFor();
    await page.getByRole("button", { name: "Gem", exact: true }).click();
    const link = page.locator(".fault-summary").getByRole("link", { name: `${pair}: Modtages ikke` });
    await link.waitFor();
    await expect.poll(() => focusOn(page)).toMatchObject({ isSeen: true });
    const tick = page.getByRole("checkbox", { name: "Ja, det er meningen" });
    expect(await link.getAttribute("href")).toBe(`#${await tick.getAttribute("id")}`);
    expect(await tick.isChecked()).toBe(false);
    await tick.check();
    await save(page);
    expect(await rowOf(page, pair).count()).toBe(2);
    await page.context().close();
  },
);

test.each([
  [true, "DIS20 D2030C"],
  [false, "DIS32 D3233L"],
])(
  "a type that was ended by mistake comes back by its receipt, since when it was (JavaScript: %s)",
  async (script, pair) => {
    const page = await openPage(script);
    await page.goto(pageOfLocation);
    const since = (await rowOf(page, pair).getByRole("cell").nth(3).textContent())?.trim() ?? "";
    expect(since).toMatch(/^fra \d\d-\d\d-20[01]\d$/);
    await rowOf(page, pair).getByRole("checkbox").uncheck();
    await review(page);
    expect(await rowOf(page, pair).textContent()).toMatch(/Ophører.*i dag kl\./);
    await save(page);
    expect(await rowOf(page, pair).count()).toBe(0);
    await page.getByRole("link", { name: "Historik" }).click();
    await page.locator("tbody tr").first().getByRole("link", { name: "Fortryd" }).click();
    const undo = page.getByRole("region", { name: "Fortryd ændringen" });
    expect(await undo.getByRole("row").filter({ hasText: pair }).textContent()).toContain(since);
    await undo.getByRole("button", { name: "Fortryd ændringen" }).click();
    await page.getByText("/v1/routes/").waitFor();
    await expect
      .poll(() => focusOn(page))
      .toMatchObject({ text: expect.stringMatching(/^Gemt/), isSeen: true });
    expect((await rowOf(page, pair).getByRole("cell").nth(3).textContent())?.trim()).toBe(since);
    await page.getByRole("link", { name: /^Kvittering nr\. / }).click();
    await page.getByText(/^Fortrød ændring nr\. /).click();
    await page.getByText("Ændringen kan ikke fortrydes").waitFor();
    await page.context().close();
  },
);
