import { makeSorId } from "@sor/core/identifiers";
import { anOrganisation } from "@sor/core/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { startDemoPortal } from "../testing/demo-portal.ts";
import { scriptsRun } from "../testing/typed-early.ts";

const portal = await startDemoPortal(60);
const browser = await launchChromium();
afterAll(() => browser.close());
const unit = makeSorId(7_700_001);

beforeAll(async () => {
  await portal.db.$client.query(`
    insert into shak_codes (code, valid_from, valid_to, kind, name, search_text, groups) values
    ('1301', '1990-01-01', null, 'hospital', 'Almhospitalet', 'almhospitalet', '{101,1}'),
    ('130101', '1990-01-01', null, 'department', 'Hjerte', 'hjerte', '{}'),
    ('1301011', '1990-01-01', null, 'ward', 'Sengeafsnit', 'sengeafsnit', '{006}'),
    ('130102', '1990-01-01', null, 'department', 'Kirurgi', 'kirurgi', '{}'),
    ('1301021', '1990-01-01', null, 'ward', 'Operation', 'operation', '{030}'),
    ('130103', '1990-01-01', '2001-01-01', 'department', 'Nedlagt', 'nedlagt', '{}'),
    ('1302', '1990-01-01', null, 'hospital', 'Birkehospitalet', 'birkehospitalet', '{102,2}')`);
  await anOrganisation(portal.db, { sorId: unit, name: "Hjerteafdelingen", shakCode: "130101" });
});

async function opened(javaScriptEnabled: boolean, path: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: portal.origin, javaScriptEnabled });
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

const shown = (page: Page) =>
  page
    .locator("[data-code]")
    .evaluateAll((rows) =>
      rows.map((row) => (row as HTMLElement).dataset.code ?? "").filter((code) => code.startsWith("13")),
    );
/** The code of the row that has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.code ?? null);

test("the tree is walked with the keyboard only, by the keys of the ARIA pattern", async () => {
  const page = await opened(true, "/shak");
  await scriptsRun(page);
  await page.getByRole("tree", { name: "Sygehuse" }).waitFor();
  await page.locator("#shak-1301").focus();
  const press = async (key: string, code: string) => {
    await page.keyboard.press(key);
    await expect.poll(() => focused(page), { message: key }).toBe(code);
  };
  await press("ArrowRight", "1301");
  await page.locator("#shak-130101").waitFor();
  await press("ArrowRight", "130101");
  await page.keyboard.press("*");
  await page.locator("#shak-1301021").waitFor();
  expect(await shown(page)).toEqual(["1301", "130101", "1301011", "130102", "1301021", "1302"]);
  await press("ArrowDown", "1301011");
  await press("ArrowLeft", "130101");
  await press("k", "130102");
  await press("Home", "1301");
  await press("b", "1302");
  await press("ArrowUp", "1301021");
  await press("Home", "1301");
  await page.keyboard.press("ArrowLeft");
  await page.locator("#shak-130101").waitFor({ state: "detached" });
  expect(await focused(page)).toBe("1301");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/shak\/1301$/);
  await page.context().close();
});

test("without JavaScript the tree, the search, the day and the file work by links and forms", async () => {
  const page = await opened(false, "/shak");
  await page.getByRole("link", { name: "Åbn Almhospitalet" }).click();
  expect(await shown(page)).toEqual(["1301", "130101", "130102", "1302"]);
  await page.getByLabel("Kode eller ord i navnet").fill("sengeafsnit");
  await page.getByRole("button", { name: "Vis", exact: true }).click();
  expect(await shown(page)).toEqual(["1301", "130101", "1301011", "130102", "1302"]);
  await page.getByLabel("Kode eller ord i navnet").fill("nedlagt");
  await page.getByLabel("Vis historiske").check();
  await page.getByRole("button", { name: "Vis", exact: true }).click();
  expect(await shown(page)).toContain("130103");
  const file = await page.request.get(
    (await page.getByRole("link", { name: "som CSV" }).getAttribute("href")) ?? "",
  );
  const lines = (await file.text()).split("\r\n");
  expect(lines[0]).toContain("Kode;Navn;Fra;");
  expect(lines.filter((line) => line.startsWith("130103;Nedlagt;1990-01-01;2000-12-31"))).toHaveLength(1);
  expect(lines.find((line) => line.startsWith("130101;"))).toContain(unit);
  expect(lines.find((line) => line.startsWith("1301;"))).toContain(
    "hovedsygehuse I;amtslig;Region Hovedstaden",
  );
  await page.context().close();
});

test("a code leads to its periods and units, a unit back to its code, and two days are compared", async () => {
  const page = await opened(false, "/shak/130101");
  await page.getByText("Vedligeholdelsen ophørte i april 2025.").waitFor();
  await page.locator("#periode-1990-01-01").waitFor();
  await page.getByRole("link", { name: "Hjerteafdelingen" }).click();
  await page.getByRole("link", { name: "130101" }).click();
  await page.getByRole("link", { name: "Vis i træet" }).click();
  expect(await shown(page)).toEqual(["1301", "130101", "1301011", "130102", "1302"]);
  await page.getByRole("link", { name: "Forskelle mellem to dage" }).click();
  await page.getByLabel("Fra dagen").fill("01-01-2000");
  await page.getByLabel("Til dagen").fill("01-01-2002");
  await page.getByLabel("Kun koder, der begynder med").fill("1301");
  await page.getByRole("button", { name: "Vis", exact: true }).click();
  const rows = await page.locator("tbody tr").allInnerTexts();
  expect(rows.map((row) => row.split(/\s+/).slice(0, 3))).toEqual([["130103", "Ophørt", "Nedlagt"]]);
  for (const wrong of ["/shak/12", "/shak/9999"]) expect((await page.goto(wrong))?.status()).toBe(404);
  expect((await page.goto("/shak?aaben=';drop,1301&efter=x"))?.status()).toBe(400);
  await page.context().close();
});

test("a list of codes has a place for each code, and both hierarchies are a file", async () => {
  const page = await opened(false, "/koder");
  await page.getByRole("link", { name: "Enhedstyper" }).click();
  await page.locator("#kode-22232009").waitFor();
  await page.getByLabel("Find i listen").fill("pharmacy");
  await page.getByRole("button", { name: "Vis", exact: true }).click();
  expect(await page.locator("tbody tr").count()).toBeGreaterThan(0);
  expect(await page.locator("#kode-22232009").count()).toBe(0);
  expect((await page.goto("/koder/intet"))?.status()).toBe(404);
  const file = await page.request.get(`/enhed/${unit}/hierarki/hierarki.csv`);
  expect((await file.text()).split("\r\n")[1]).toContain(`${unit};Hjerteafdelingen;`);
  await page.context().close();
});
