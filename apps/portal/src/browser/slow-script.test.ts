import { testDatabaseUrl } from "@sor/core/testing";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { startPortal } from "../testing/portal.ts";

const { origin } = await startPortal(await testDatabaseUrl());
const browser = await launchChromium();
afterAll(() => browser.close());

test("input typed before the page's script has run is kept when it runs", async () => {
  const page = await browser.newPage();
  const released = Promise.withResolvers<void>();
  await page.route("**/_app/**/*.js", async (route) => {
    await released.promise;
    await route.continue();
  });
  await page.goto(`${origin}/opslag?id=1&type=REF01`, { waitUntil: "commit" });
  await page.locator("#version").fill("R0130R");
  await page.locator("#type").fill("DIS91");
  released.resolve();
  await page.waitForFunction(() => document.querySelector("#svelte-announcer") !== null);
  expect(await page.locator("#version").inputValue()).toBe("R0130R");
  expect(await page.locator("#type").inputValue()).toBe("DIS91");
  expect(await page.locator("#id").inputValue()).toBe("1");
});
