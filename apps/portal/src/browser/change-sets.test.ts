import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { actorForUserId, createDemoUser } from "@sor/core/access";
import { saveEdit } from "@sor/core/changesets";
import { SorId } from "@sor/core/identifiers";
import { findOrganisation } from "@sor/core/organisations";
import { applySet, setApprovalRules, testDatabaseUrl, unitToCreate } from "@sor/core/testing";
import { addDays, dayInDenmark } from "@sor/core/validity";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, logIn } from "../testing/demo-portal.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
const [portal, browser] = await Promise.all([startPortal(url), launchChromium()]);
afterAll(async () => {
  await browser.close();
  await closeDatabase(db);
});
const system = createContext(db, { kind: "system", job: "test" }, new Date());
const password = "en lang sætning til test";
await setApprovalRules(db, []);
const [owner, house, ward] = (await applySet(system, [
  unitToCreate(null, { sorId: "new:ejer" }),
  unitToCreate("new:ejer", { sorId: "new:hus", attributes: { parentSorId: "new:ejer", name: "Fjordhuset" } }),
  unitToCreate("new:hus", { level: "unit", attributes: { parentSorId: "new:hus", name: "Afsnit 1" } }),
])) as [string, string, string];
// The region lets a second person approve everything below its house.
await setApprovalRules(db, [{ kind: "any", subtreeSorId: SorId.parse(house) }]);

async function addUser(username: string, role: "authority" | "region"): Promise<string> {
  const scope = role === "region" ? ({ kind: "subtree", sorId: owner } as const) : ({ kind: "all" } as const);
  const email = `${username}@example.org`;
  const names = { username, name: username, email, supplierId: null };
  return (await createDemoUser(system, { ...names, password, role, scope })).userId;
}
const regionId = await addUser("regionen", "region");
await addUser("myndigheden", "authority");

async function openAs(username: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ baseURL: portal.origin, javaScriptEnabled });
  const cookies = await logIn(portal.origin, { username, password });
  await context.addCookies(browserCookies(cookies, portal.origin));
  return await context.newPage();
}

const today = dayInDenmark(new Date());
const nameOn = async (sorId: string, validAt: string) =>
  (await findOrganisation(system, { sorId, validAt }))?.name;
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const nothing = "Intet i registret er ændret.";

describe.each([
  ["with JavaScript", true, addDays(today, 30)],
  ["without JavaScript", false, addDays(today, 60)],
])("%s", (_name, hasScript, day) => {
  test("two edits are drafted, previewed, submitted, approved by another, applied, and undone", async () => {
    const asRegion = createContext(
      db,
      (await actorForUserId(db, regionId, new Date())) ?? { kind: "anonymous" },
      new Date(),
    );
    const before = [await nameOn(house, day), await nameOn(ward, day)];
    for (const [sorId, name] of [
      [house, `Fjordhuset ${day}`],
      [ward, `Afsnit ${day}`],
    ] as const) {
      const command = { kind: "unit.change", sorId, validFrom: day, attributes: { name } };
      await saveEdit(asRegion, { title: `Nye navne ${day}`, commands: [command], into: "draft" });
    }
    const region = await openAs("regionen", hasScript);
    await region.goto("/start");
    await region.getByRole("link", { name: "Ændringssæt (2)" }).click();
    await region.getByRole("heading", { level: 1, name: `Nye navne ${day}` }).waitFor();
    const change = region.locator("details", { hasText: "Afsnit" }).first();
    expect(await change.locator(".effect").textContent()).toMatch(
      /Ændres.*Navn.*Afsnit 1|Afsnit .*→.*Afsnit/s,
    );
    expect(await region.locator("main").textContent()).toContain(nothing);
    await press(region, "Send til godkendelse");
    await region.getByText("Sættet er sendt til godkendelse.").waitFor();
    expect(await region.getByRole("link", { name: /^Ændringssæt \(/ }).count()).toBe(0);
    expect(await region.getByRole("button", { name: "Godkend" }).count()).toBe(0);

    const authority = await openAs("myndigheden", hasScript);
    await authority.goto("/start");
    await authority.getByRole("link", { name: "Ændringssæt til godkendelse" }).click();
    await authority.getByRole("link", { name: `Nye navne ${day}` }).click();
    await authority.getByText("en enhed her oprettes, ændres eller lukkes").waitFor();
    await press(authority, "Godkend");
    await authority.getByText("Sættet er godkendt og kan gennemføres.", { exact: true }).waitFor();
    expect([await nameOn(house, day), await nameOn(ward, day)]).toEqual(before);

    await region.reload();
    await press(region, "Gennemfør");
    await region.getByText("Her er kvitteringen.").waitFor();
    expect(await nameOn(house, day)).toBe(`Fjordhuset ${day}`);
    expect(await nameOn(ward, day)).toBe(`Afsnit ${day}`);
    const receipt = (await region.locator("main").textContent()) ?? "";
    for (const text of ["Kvittering", "myndigheden", "Ændret", `Afsnit ${day}`])
      expect(receipt).toContain(text);

    await press(region, "Fortryd sættet");
    await region.getByText("Kladden gør det modsatte.").waitFor();
    await press(region, "Send til godkendelse");
    await region.getByText("Sættet er sendt til godkendelse.").waitFor();
    await authority.goto(region.url().split("?")[0] ?? "");
    await press(authority, "Godkend");
    await press(authority, "Gennemfør");
    await authority.getByText("Her er kvitteringen.").waitFor();
    expect([await nameOn(house, day), await nameOn(ward, day)]).toEqual(before);
    await authority.goto("/aendringssaet?state=reverted");
    await authority.getByRole("link", { name: `Nye navne ${day}` }).waitFor();
    for (const page of [region, authority]) await page.context().close();
  }, 90_000);
});
