import { AxeBuilder } from "@axe-core/playwright";
import { currentSequence } from "@sor/core/journal";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, logIn, startDemoPortal } from "../testing/demo-portal.ts";
import { focusOn } from "../testing/focus.ts";
import { choose, review, rowOf, save, saveNew, tickNew } from "../testing/location-journeys.ts";

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
  [true, ["RUC05 U0531U", "RUC06 U0631U"], "with JavaScript"],
  [false, ["RUC07 U0731U", "RUC09 U0935U"], "without JavaScript"],
])(
  "a vendor finds a location number, ticks types over two searches, sees the difference and saves it (%s: %s, %s)",
  async (script, pairs) => {
    const page = await openPage(script);
    await page.goto(`${portal.origin}/lokationer?text=${gln}`);
    await page.getByRole("link", { name: gln, exact: true }).click();
    await page.getByRole("link", { name: "Tilføj typer" }).click();
    for (const pair of pairs) {
      await page.getByLabel("Type, version eller navn").fill(pair);
      await page.getByRole("button", { name: "Søg", exact: true }).click();
      await page.waitForURL(/q=RUC/);
      await page.getByRole("checkbox", { name: pair }).check();
    }
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.getByRole("button", { name: "Gem nu" }).waitFor();
    await expect.poll(() => focusOn(page)).toEqual({ text: "Gennemse ændringer", isSeen: true });
    expect(await page.getByRole("row").count()).toBe(1 + pairs.length);
    for (const pair of pairs) expect(await rowOf(page, pair).textContent()).toContain("Tilføjes");
    await save(page);
    await expect.poll(() => focusOn(page)).toEqual({ text: expect.stringMatching(/^Gemt/), isSeen: true });
    for (const pair of pairs) expect(await rowOf(page, pair.slice(0, 5)).count()).toBe(1);
    await page.getByRole("link", { name: "Historik" }).click();
    await page.waitForURL(/\/historik$/);
    const [newest] = await page.locator("tbody tr").all();
    expect(await newest?.textContent()).toMatch(new RegExp(`${pairs[0]}.*${pairs[1]}`, "s"));
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
      await tickNew(each, pageOfLocation, [pair]);
      await review(each);
    }
    await save(other);
    await page.getByRole("button", { name: "Gem nu" }).click();
    const meanwhile = page.getByText("En anden har rettet lokationsnummeret imens").locator("..");
    await meanwhile.getByText(theirs).waitFor();
    await expect.poll(() => focusOn(page)).toEqual({ text: "Gennemse ændringer", isSeen: true });
    expect(await page.getByRole("rowheader").allInnerTexts()).toEqual([expect.stringContaining(mine)]);
    await save(page);
    expect(await rowOf(page, mine.slice(0, 5)).count()).toBe(1);
    await page.context().close();
    await other.context().close();
  },
);

test.each([
  [true, "PID01 I0130D"],
  [false, "PID02 I0230D"],
])(
  "what both changed is shown from both sides, and nothing typed is lost (JavaScript: %s)",
  async (script, pair) => {
    const [page, other] = [await openPage(script), await openPage(false)];
    await saveNew(other, pageOfLocation, pair);
    const days = ["31-12-2030", "30-11-2030"];
    for (const [i, each] of [other, page].entries()) {
      await each.goto(pageOfLocation);
      await choose(each, pair.slice(0, 5), "Lad ophøre", days[i]);
    }
    await page.getByLabel("Bemærkning").fill("Aftalt med klinikken");
    await review(other);
    await save(other);
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    const sides = new RegExp(`${pair} er rettet imens.*31-12-2030.*30-11-2030`);
    await page.locator(".fault-summary").getByRole("link", { name: sides }).waitFor();
    expect(await page.getByRole("checkbox", { name: pair.slice(0, 5) }).isChecked()).toBe(true);
    expect(await page.getByLabel("Dag", { exact: true }).inputValue()).toBe("30-11-2030");
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
  "one row is opened from the panel, and an unchanged row changes nothing (JavaScript: %s)",
  async (script, pair) => {
    const page = await openPage(script);
    await saveNew(page, pageOfLocation, pair);
    await page.goto(pageOfLocation);
    await page.getByRole("checkbox", { name: pair.slice(0, 5) }).check();
    await page.getByRole("button", { name: "Ret det valgte felt for felt" }).click();
    await page.waitForURL(/\?ret=/);
    await page.getByRole("heading", { name: `Ret ${pair.slice(0, 5)}` }).waitFor();
    // A type in force has no first day to move.
    expect(await page.getByLabel("Første dag").count()).toBe(0);
    await page.getByLabel("Sidste dag").fill("32-13-2030");
    await page.getByRole("button", { name: "Gennemse ændringer" }).click();
    await page.locator("#to-0-fault").waitFor();
    await expect.poll(() => focusOn(page)).toMatchObject({ text: expect.stringMatching(/^Ret 1 fejl/) });
    expect(await page.getByLabel("Sidste dag").inputValue()).toBe("32-13-2030");
    await page.getByLabel("Sidste dag").fill("");
    await review(page);
    await page.getByText("Der er ingen ændringer").waitFor();
    await page.getByRole("button", { name: "Tilbage til redigering" }).click();
    await page.getByLabel("Sidste dag").waitFor();
    await page.context().close();
  },
);

test("as one ticks, also before the scripts run, what is wrong or worth knowing is said, with the rule named", async () => {
  const page = await openPage(true);
  const released = Promise.withResolvers<void>();
  await page.route("**/_app/**/*.js", async (route) => {
    await released.promise;
    await route.continue();
  });
  await page.goto(`${pageOfLocation}/tilfoej?q=XDIS91+XD9133L`, { waitUntil: "commit" });
  await page.getByRole("checkbox", { name: "XDIS91 XD9133L" }).check();
  released.resolve();
  const said = page.getByRole("status", { name: "Kontrol af det valgte" });
  await said.getByText("Versionen er afløst af XD9134L").waitFor();
  await page.getByLabel("Første dag").fill("31-02-2030");
  await page.getByLabel("Første dag").press("Tab");
  await said.getByText("Datoen findes ikke").waitFor();
  await page.context().close();
});

test.each([
  [true, "DIS20"],
  [false, "DIS32"],
])(
  "a message that was ended by mistake comes back by its receipt, since when it was (JavaScript: %s)",
  async (script, message) => {
    const page = await openPage(script);
    await page.goto(pageOfLocation);
    const valid = async () =>
      ((await rowOf(page, message).getByRole("cell").nth(4).textContent()) ?? "").trim();
    const since = await valid();
    expect(since).toMatch(/fra \d\d-\d\d-20[01]\d/);
    await choose(page, message, "Lad ophøre");
    await review(page);
    expect(await rowOf(page, message).first().textContent()).toMatch(/Ophører.*i dag kl\./);
    const before = await currentSequence(portal.db);
    await save(page);
    expect(await currentSequence(portal.db)).toBeGreaterThan(before);
    expect(await rowOf(page, message).count()).toBe(0);
    await page.getByRole("link", { name: "Historik" }).click();
    await page.locator("tbody tr").getByRole("link", { name: "Fortryd" }).first().click();
    const undo = page.getByRole("region", { name: "Fortryd ændringen" });
    await undo.getByRole("button", { name: "Fortryd ændringen" }).click();
    await page.getByText("/v1/routes/").waitFor();
    expect(await valid()).toBe(since);
    await page.getByRole("link", { name: /^Kvittering nr\. / }).click();
    await page.getByText(/^Fortrød ændring nr\. /).click();
    await page.getByText("Ændringen kan ikke fortrydes").waitFor();
    await page.context().close();
  },
);

test("the pages are accessible, and fit the narrowest phone", async () => {
  const page = await openPage(true);
  await page.setViewportSize({ width: 320, height: 900 });
  for (const address of [
    `${pageOfLocation}/tilfoej`,
    `${pageOfLocation}?ret=DIS20+receive`,
    pageOfLocation,
  ]) {
    await page.goto(address);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).include("main").analyze();
    expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`))).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  }
  await page.context().close();
});
