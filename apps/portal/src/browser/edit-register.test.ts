import { createContext } from "@sor/core";
import { listChildren } from "@sor/core/organisations";
import { applySet, unitToCreate } from "@sor/core/testing";
import { dayInDenmark } from "@sor/core/validity";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, type DemoPortal, logIn, startDemoPortal } from "../testing/demo-portal.ts";

const browser = await launchChromium();
afterAll(() => browser.close());

let portal: DemoPortal;
let region: { sorId: string; name: string };
beforeAll(async () => {
  portal = await startDemoPortal();
  const ctx = createContext(portal.db, { kind: "system", job: "test" }, new Date());
  const { items } = await listChildren(ctx, { sorId: null, limit: 50 });
  const found = items.find(({ name }) => name === "Sundhed Nordkyst");
  if (!found) throw new Error("the demo has no region");
  region = found;
}, 180_000);
afterAll(() => portal.stop());

/** A hospital of the region with one department. */
async function aHospital(name: string): Promise<{ hospital: string; department: string }> {
  const ctx = createContext(portal.db, { kind: "system", job: "test" }, new Date());
  const validFrom = dayInDenmark(ctx.now);
  const [hospital = ""] = await applySet(ctx, [
    unitToCreate(region.sorId, {
      validFrom,
      attributes: { parentSorId: region.sorId, name, typeCode: "22232009" },
    }),
  ]);
  const answers = { hasAmbulantActivity: true, admitsPatients: true, isReportingLevel: true };
  const [department = ""] = await applySet(ctx, [
    unitToCreate(hospital, {
      ...{ validFrom, level: "unit" },
      attributes: { parentSorId: hospital, name: `Afdeling A, ${name}`, ...answers },
    }),
  ]);
  return { hospital, department };
}

const january = `01-01-${new Date().getUTCFullYear() + 2}`;
const iso = january.split("-").reverse().join("-");
const eve = `31-12-${new Date().getUTCFullYear() + 1}`;

async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("button", { name }).click();
}

describe.each([
  ["without JavaScript", false],
  ["with JavaScript", true],
])("a region, %s", (label, javaScriptEnabled) => {
  async function openPage(): Promise<Page> {
    const context = await browser.newContext({ baseURL: portal.origin, javaScriptEnabled });
    const cookie = await logIn(portal.origin, portal.accounts.portal.region);
    await context.addCookies(browserCookies(cookie, portal.origin));
    return await context.newPage();
  }

  test("opens a new ward with a location number of its own from 1 January, and sees it before it saves", async () => {
    const { department } = await aHospital(`Hospitalet ${label}`);
    const page = await openPage();
    await page.goto(`/enhed/${department}`);
    await page.getByRole("link", { name: "Ny enhed under denne" }).click();
    await press(page, "Tag næste ledige nummer");
    await expect
      .poll(() => page.getByLabel("Lokationsnummer", { exact: true }).inputValue())
      .toMatch(/^5799980/);
    const gln = await page.getByLabel("Lokationsnummer", { exact: true }).inputValue();
    await page.getByLabel("Fra hvilken dag").fill(january);
    await page.getByLabel("Enhedens navn").fill("Afsnit A1");
    for (const question of ["Ambulante kontakter", "Sengeafsnit", "Indberetningsniveau"])
      await page.getByLabel(question).selectOption("ja");
    await press(page, "Vis virkningen");
    const effect = page.locator("section", { has: page.getByRole("heading", { name: "Når du gemmer" }) });
    await expect.poll(() => effect.count()).toBe(1);
    const said = (await effect.textContent()) ?? "";
    for (const text of ["Afsnit A1", `fra ${january}`, gln]) expect(said).toContain(text);
    expect(
      await page.request.get(`/enhed/${department}?dag=${iso}`).then((answer) => answer.text()),
    ).not.toContain("Afsnit A1");
    await press(page, "Gem nu");
    await page.waitForURL(/gemt=/);
    expect(await page.locator("main").textContent()).toContain("Rettelsen er gemt");
    expect(await page.locator("h1").textContent()).toBe("Afsnit A1");
    expect(await page.locator("main .tags").first().textContent()).toContain("Åbner");
    const ward = new URL(page.url()).pathname;
    await page.goto(`${ward}?dag=${january}`);
    expect(await page.locator("main").textContent()).toContain(gln);
    await page.goto(`${ward}?dag=${eve}`);
    expect(await page.locator("main").textContent()).toContain(`Enheden gælder ikke den ${eve}`);
    await page.context().close();
  });

  test("edits a part in place, and is told both sides when somebody else was faster", async () => {
    const { department } = await aHospital(`Sygehuset ${label}`);
    const [mine, theirs] = [await openPage(), await openPage()];
    for (const page of [mine, theirs]) {
      await page.goto(`/enhed/${department}`);
      await page.getByRole("link", { name: "Ret Navn og type" }).click();
      await page.getByLabel("Enhedens navn").waitFor();
    }
    await theirs.getByLabel("Enhedens navn").fill("Deres navn");
    await press(theirs, "Gem nu");
    await theirs.waitForURL(/gemt=/);
    await mine.getByLabel("Enhedens navn").fill("Mit navn");
    await press(mine, "Gem nu");
    await mine.locator(".fault-summary").waitFor();
    expect(await mine.getByLabel("Enhedens navn").inputValue()).toBe("Mit navn");
    // The page's data are read again after the refusal.
    await mine.locator("#name-hint", { hasText: "I registret står nu: Deres navn." }).waitFor();
    await press(mine, "Læg i ændringssæt");
    await mine.waitForURL(/gemt=/);
    expect(await mine.locator("main").textContent()).toContain("Rettelsen ligger i et ændringssæt");
    expect(await mine.locator("h1").textContent()).toBe("Deres navn");
    for (const page of [mine, theirs]) await page.context().close();
  });
});

test("the tree opens by links, and by the keys of the tree pattern where the script runs", async () => {
  const { hospital, department } = await aHospital("Zonehospitalet");
  const plain = await browser.newContext({ baseURL: portal.origin, javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto("/register");
  await page.getByRole("link", { name: `Åbn ${region.name}` }).click();
  await page.getByRole("link", { name: "Åbn Zonehospitalet" }).click();
  await page.getByRole("link", { name: "Afdeling A, Zonehospitalet" }).click();
  expect(new URL(page.url()).pathname).toBe(`/enhed/${department}`);
  await plain.close();

  const scripted = await browser.newContext({ baseURL: portal.origin });
  const keyed = await scripted.newPage();
  await keyed.goto(`/register?aaben=${region.sorId}`);
  await keyed.locator(`#hele-${region.sorId}[role=treeitem]`).focus();
  const focused = () => keyed.evaluate(() => document.activeElement?.id);
  await keyed.keyboard.press("ArrowRight");
  expect(await focused()).not.toBe(`hele-${region.sorId}`);
  await keyed.keyboard.press("ArrowLeft");
  expect(await focused()).toBe(`hele-${region.sorId}`);
  await keyed.keyboard.press("z");
  expect(await focused()).toBe(`hele-${hospital}`);
  await keyed.keyboard.press("ArrowRight");
  await keyed.locator(`#hele-${hospital}[aria-expanded=true]`).waitFor();
  expect(await focused()).toBe(`hele-${hospital}`);
  await keyed.keyboard.press("ArrowRight");
  expect(await focused()).toBe(`hele-${department}`);
  await keyed.keyboard.press("Home");
  await keyed.keyboard.press("End");
  await keyed.locator(`#hele-${department}`).focus();
  await keyed.keyboard.press("Enter");
  await keyed.waitForURL(`**/enhed/${department}`);
  await scripted.close();
});
