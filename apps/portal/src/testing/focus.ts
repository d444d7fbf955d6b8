import type { Page } from "playwright-core";

/** The focused element (the beginning of its text), and whether it is visible with the page scrolled to the top. */
export async function focusOn(page: Page): Promise<{ text: string; isSeen: boolean }> {
  return await page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const { top, bottom } = element.getBoundingClientRect();
    const text = element === document.body ? "(nothing)" : (element.textContent ?? "");
    return {
      text: text.replace(/\s+/g, " ").trim().slice(0, 60),
      isSeen: top >= 0 && Math.min(bottom, top + 40) <= window.innerHeight,
    };
  });
}
