import type { Locator, Page } from "playwright-core";

/** The row of a message, and the rows of a type in the review. */
export const rowOf = (page: Page, name: string): Locator =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });

/** Continues to the review. */
export async function review(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Gennemse ændringer" }).click();
  await page.getByRole("heading", { name: "Gennemse ændringer" }).waitFor();
}

/** Saves the review, and waits for the confirmation. */
export async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Gem nu" }).click();
  await page.getByText("/v1/routes/").waitFor();
}

/** Ticks types on the page of types to add. */
export async function tickNew(page: Page, address: string, pairs: readonly string[]): Promise<void> {
  await page.goto(`${address}/tilfoej`);
  for (const pair of pairs) await page.getByRole("checkbox", { name: pair }).check();
}

/** Adds a type in a version to a location number, through the review. */
export async function saveNew(page: Page, address: string, pair: string): Promise<void> {
  await tickNew(page, address, [pair]);
  await review(page);
  await save(page);
}

/** Ticks a message and chooses what is done with it. */
export async function choose(page: Page, message: string, action: string, day = ""): Promise<void> {
  await page.getByRole("checkbox", { name: message }).check();
  await page.getByLabel("Handling").selectOption({ label: action });
  await page.getByLabel("Dag", { exact: true }).fill(day);
}
