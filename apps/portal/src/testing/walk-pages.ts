import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { browserCookies, logIn, startDemoPortal } from "./demo-portal.ts";
import { type Account, furtherAddresses, openParts, sampleAddresses, visitorOf } from "./page-samples.ts";
import { addressOf, collectRoutes } from "./pages.ts";
import { visitBeforeScript } from "./typed-early.ts";

type Visit = { page: string; address: string };

const html = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    "void-style": "off",
    // Checkboxes of a list share a name, as radio buttons do.
    "form-dup-name": ["error", { shared: ["radio", "button", "reset", "submit", "checkbox"] }],
    "doctype-style": "off",
    // A browser that restores fields restores hidden ones too, unless autocomplete is off.
    "valid-autocomplete": "off",
    "no-trailing-whitespace": "off",
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    // SvelteKit's inline script has a nonce; the policy tests check that there is no other.
    "require-sri": "off",
    "long-title": "off",
    "no-raw-characters": "off",
  },
});

/**
 * Visits every page of these accounts with its own portal and browser, and checks each: input entered before the script runs is
 * kept, accessible in both colour schemes, on a phone and a screen, the same without JavaScript, and valid HTML.
 */
export async function walkPages(accounts: readonly Account[]): Promise<void> {
  const portal = await startDemoPortal();
  const samples = await sampleAddresses(portal.db, portal.accounts);
  const [vendor] = portal.accounts.portal.vendors;
  const logins = { nobody: undefined, vendor, authority: portal.accounts.portal.authority };
  const pages = [
    ...collectRoutes().map((route) => ({ page: route, account: visitorOf(route) })),
    ...furtherAddresses(portal.accounts).map((page) => ({ page, account: "nobody" as const })),
    ...openParts.map((page) => ({ page, account: "authority" as const })),
  ].map((visit) => ({
    ...visit,
    address: visit.page.includes("?") ? (samples[visit.page] ?? visit.page) : addressOf(visit.page, samples),
  }));
  const browser = await launchChromium();
  afterAll(() => browser.close());

  describe.each(accounts)("pages that %s visits", (account) => {
    let scripted: BrowserContext;
    let plain: BrowserContext;
    beforeAll(async () => {
      const login = logins[account];
      const cookies = browserCookies(login ? await logIn(portal.origin, login) : "", portal.origin);
      [scripted, plain] = [
        await browser.newContext({ baseURL: portal.origin }),
        await browser.newContext({ baseURL: portal.origin, javaScriptEnabled: false }),
      ];
      for (const context of [scripted, plain]) await context.addCookies(cookies);
    });
    const own = pages.filter((visit) => visit.account === account);
    test.each(own)("$page is accessible in light and dark, on a phone and a screen", (visit) =>
      holdAccessible(scripted, visit),
    );
    test.each(own)("$page reads the same without JavaScript, and its HTML is valid", (visit) =>
      holdPlain(plain, visit),
    );
  });
}

const expectedStatus = (address: string) => (address === "/findes-ikke" ? 404 : 200);

const everything: string[] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const colours = { type: "rule" as const, values: ["color-contrast", "link-in-text-block"] };

/** A colour scheme changes only colours, which do not depend on the width. */
const looks = [
  ["light", 320, everything],
  ["light", 1280, everything],
  ["dark", 1280, colours],
] as const;

/** The violations that axe finds, in short, for readable test failures. */
async function faultsOf(page: Page, runOnly: (typeof looks)[number][2]): Promise<string[]> {
  // There are no frames, so legacy mode, which opens no second page to collect results, finds everything.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await axe.options({ runOnly, resultTypes: ["violations"] }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
}

/** Parts of the header that overlap: the text of the register's name, the links of the menu, the account. */
async function overlapsInHeader(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const parts = [
      "header .brand svg",
      "header .brand .long",
      "header .account > *",
      "header nav li",
    ].flatMap((selector) =>
      [...document.querySelectorAll(selector)].map((element) => {
        const text = document.createRange();
        text.selectNodeContents(element);
        // Text may overflow its element sideways; vertically its lines define its height.
        const wide = element.matches(".long") ? text : element;
        const { left, right } = wide.getBoundingClientRect();
        const { top, bottom } = element.getBoundingClientRect();
        return { name: selector, box: { top, bottom, left, right } };
      }),
    );
    return parts.flatMap(({ name, box }, i) =>
      parts
        .slice(i + 1)
        .filter(
          ({ box: other }) =>
            box.left < other.right &&
            other.left < box.right &&
            box.top < other.bottom &&
            other.top < box.bottom,
        )
        .map((other) => `${name} and ${other.name}`),
    );
  });
}

async function holdHeader(page: Page, width: number): Promise<void> {
  expect(await overlapsInHeader(page), `what lies over each other in the header at ${width} px`).toEqual([]);
}

/** Between a phone and a screen nothing else is checked than that the header's parts stay apart. */
const between = [600, 900, 1100];

/** Cells of tables that do not name their column: on a phone a row is a card, and its cells stand without the headings. */
const nameless = async (page: Page): Promise<string[]> =>
  await page
    .locator("table:has(thead) > tbody td:not([data-label], [colspan], .tick, :empty)")
    .evaluateAll((cells) => cells.map((cell) => cell.outerHTML.slice(0, 100)));

async function holdAccessible(context: BrowserContext, { address }: Visit): Promise<void> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (line) => {
    // 404: a page that shows one. 400: a check of what was entered early, which is wrong on purpose.
    if (line.type() === "error" && !/status of 40[04]/.test(line.text())) complaints.push(line.text());
  });
  const answer = await visitBeforeScript(page, address);
  expect(answer?.status()).toBe(expectedStatus(address));
  for (const [colorScheme, width, rules] of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    const found = await faultsOf(page, rules);
    expect(found.join("\n"), `${colorScheme} at ${width} px`).toBe("");
    const across = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(across, `width of the page at ${width} px`).toBeLessThanOrEqual(width);
    expect(await nameless(page), "cells that a card would show without the name of their column").toEqual([]);
    await holdHeader(page, width);
  }
  for (const width of between) {
    await page.setViewportSize({ width, height: 900 });
    await holdHeader(page, width);
  }
  expect(complaints.join("\n")).toBe("");
  await page.close();
}

/** The page without Svelte's hydration comments, the shortest of which html-validate cannot parse. */
const withoutMarkers = (text: string) => text.replaceAll(/<!(?:--[^>]*--)?>/g, "");

async function holdPlain(context: BrowserContext, { address }: Visit): Promise<void> {
  const page = await context.newPage();
  const answer = await page.goto(address);
  expect(answer?.status()).toBe(expectedStatus(address));
  expect(await page.locator("h1").count()).toBe(1);
  expect(((await page.locator("main").textContent()) ?? "").trim().length).toBeGreaterThan(40);
  const { results } = await html.validateString(withoutMarkers((await answer?.text()) ?? ""));
  const faults = results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
  );
  expect(faults.join("\n")).toBe("");
  await page.close();
}
