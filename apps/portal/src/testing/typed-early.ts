import type { Page, Response } from "playwright-core";
import { expect } from "vitest";

/** What every visible control of the page's forms holds, as `name: value`; a script may not choose a file. */
const contents = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("form :is(input:not([type=hidden], [type=file]), textarea, select)")].map(
      (element) => {
        const control = element as HTMLInputElement;
        const isTicked = control.type === "checkbox" || control.type === "radio";
        return `${control.name}: ${isTicked ? control.checked : control.value}`;
      },
    ),
  );

/** Opens what can be opened on the page itself; a menu of the header closes by itself. Returns how many are open. */
const openAll = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([name])")];
    for (const details of all) details.open = true;
    return all.length;
  });
const countOpen = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelectorAll("main details:not([name])[open]").length);

const fill = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const values: Record<string, string> = { number: "7" };
    for (const element of document.querySelectorAll(
      "form :is(input:not([type=hidden], [type=file]), textarea, select)",
    )) {
      const control = element as HTMLInputElement;
      if (element instanceof HTMLSelectElement) element.selectedIndex = element.options.length - 1;
      else if (control.type === "checkbox" || control.type === "radio") control.checked = !control.checked;
      else control.value = values[control.type] ?? "typed early";
    }
  });

/** Waits until the scripts of the page have taken over. */
export const scriptsRun = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => document.querySelector("#svelte-announcer") !== null);
};

/**
 * Opens a page while its scripts are held back, fills its forms, lets the scripts run, and expects every control to hold what was
 * entered, and every part that was opened to stay open: a fast user on a slow line loses nothing. All is reset afterwards.
 */
export async function visitBeforeScript(page: Page, address: string): Promise<Response | null> {
  const released = Promise.withResolvers<void>();
  const scripts = "**/_app/**/*.js";
  await page.route(scripts, async (route) => {
    await released.promise;
    await route.continue();
  });
  const answer = await page.goto(address, { waitUntil: "commit" });
  await page.locator("footer").waitFor();
  const wasOpen = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLDetailsElement>("main details:not([name])")].map(({ open }) => open),
  );
  const opened = await openAll(page);
  await fill(page);
  const entered = await contents(page);
  released.resolve();
  await scriptsRun(page);
  await page.waitForLoadState("load");
  expect(await contents(page), "what was entered before the script ran").toEqual(entered);
  expect(await countOpen(page), "what was opened before the script ran").toBe(opened);
  await page.unroute(scripts);
  await page.evaluate((before) => {
    for (const form of document.forms) form.reset();
    const all = document.querySelectorAll<HTMLDetailsElement>("main details:not([name])");
    for (const [at, details] of all.entries()) details.open = before[at] ?? false;
  }, wasOpen);
  return answer;
}
