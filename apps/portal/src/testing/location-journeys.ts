import type { Locator, Page } from "playwright-core";

/** Opens the checkboxes of further types. */
export const openTicks = (page: Page): Promise<void> =>
  page.locator("summary", { hasText: "Flere meddelelsestyper" }).click();

/** Opens the fields for entering a type. */
export const openWriting = (page: Page): Promise<void> =>
  page.locator("summary", { hasText: "Ældre versioner" }).click();

/** The rows of a type in a version, in the matrix and in the review. */
export const rowOf = (page: Page, pair: string): Locator =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: pair }) });

/** Continues to the review. */
export async function review(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Gennemse ændringer" }).click();
  await page.getByRole("heading", { name: "Gennemse ændringer" }).waitFor();
}

/** Saves the review, and waits for the confirmation. */
export async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Gem", exact: true }).click();
  await page.getByText("/v1/routes/").waitFor();
}

/** Adds a type in a version on a location number's page, through the review. */
export async function saveNew(page: Page, address: string, pair: string): Promise<void> {
  await page.goto(address);
  await openWriting(page);
  await page.locator("#type-new-0").fill(pair);
  await review(page);
  await save(page);
}
