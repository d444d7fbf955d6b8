import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoUser } from "@sor/core/access";
import { applyChangeSet, listChangeSets, revertChangeSet, submitChangeSet } from "@sor/core/changesets";
import { completeGln, SorId } from "@sor/core/identifiers";
import { listJournal } from "@sor/core/journal";
import { createRange } from "@sor/core/location-numbers";
import { findOrganisation } from "@sor/core/organisations";
import {
  anEndpoint,
  applySet,
  aSupplier,
  setApprovalRules,
  testDatabaseUrl,
  unitToCreate,
} from "@sor/core/testing";
import { addDays, dayInDenmark, startOfDayInDenmark } from "@sor/core/validity";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, logIn } from "../testing/demo-portal.ts";
import { startGateway } from "../testing/gateway.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
const dataDir = await mkdtemp(join(tmpdir(), "sor-stories-"));
const [portal, gateway, browser] = await Promise.all([
  startPortal(url),
  startGateway(url, dataDir),
  launchChromium(),
]);
afterAll(async () => {
  await browser.close();
  await gateway.stop();
  await closeDatabase(db);
  await rm(dataDir, { recursive: true });
});

const asSystem = () => createContext(db, { kind: "system", job: "test" }, new Date());
const system = asSystem();
const password = "en lang sætning til test";
const today = dayInDenmark(new Date());
await setApprovalRules(db, []);
const answers = { hasAmbulantActivity: true, admitsPatients: true, isReportingLevel: true };
const [region, other, hospital, department] = (await applySet(system, [
  unitToCreate(null, { sorId: "new:ejer", validFrom: "2020-01-01" }),
  unitToCreate(null, { sorId: "new:anden", validFrom: "2020-01-01" }),
  unitToCreate("new:ejer", {
    ...{ sorId: "new:hus", validFrom: "2020-01-01" },
    attributes: { parentSorId: "new:ejer", name: "Fjordhospitalet", typeCode: "22232009" },
  }),
  unitToCreate("new:hus", {
    ...{ sorId: "new:afdeling", level: "unit", validFrom: "2020-01-01" },
    attributes: { parentSorId: "new:hus", name: "Afdeling A", ...answers },
  }),
])) as [string, string, string, string];
await createRange(system, { prefix: "5790006", from: 0, to: 99, note: null });
await setApprovalRules(db, [{ kind: "any", subtreeSorId: SorId.parse(region) }]);
const supplierId = await aSupplier(db, "Prøveleverandøren");
const endpointId = await anEndpoint(db, { supplierId, address: "https://example.org/ind" });

for (const [username, role, scope] of [
  ["regionen", "region", { kind: "subtree", sorId: SorId.parse(region) }],
  ["myndigheden", "authority", { kind: "all" }],
] as const) {
  const person = { username, name: username, email: `${username}@example.org`, supplierId: null };
  await createDemoUser(system, { ...person, password, role, scope });
}

async function openAs(username: string, javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({ baseURL: portal.origin, javaScriptEnabled });
  const cookies = await logIn(portal.origin, { username, password });
  await context.addCookies(browserCookies(cookies, portal.origin));
  return await context.newPage();
}

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const written = (day: string) => day.split("-").reverse().join("-");
const year = Number(today.slice(0, 4)) + 1;
const [eve, january] = [`${year}-12-31`, `${year + 1}-01-01`];

/** The status of an answer of the gateway, and its body. */
async function ask(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${gateway.origin}${path}`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const unitOn = async (sorId: string, day: string) => await ask(`/v1/organisations/${sorId}?validAt=${day}`);
const noon = (day: string) => `${day}T12:00:00Z`;
const routeOn = async (gln: string, day: string) =>
  (await ask(`/v1/routes/${gln}/DIS91?at=${noon(day)}`)).status;
const followed = { timeout: 10_000 };

/** The region sends the set of its page to approval, and the authority approves and applies it. */
async function approveAsSecond(mine: Page, theirs: Page): Promise<void> {
  const set = /\/aendringssaet\/[\w-]+/.exec(mine.url())?.[0] ?? "";
  await theirs.goto(set);
  await press(theirs, "Godkend");
  await press(theirs, "Gennemfør");
  await theirs.getByText("Her er kvitteringen.").waitFor();
}

/** Takes back the set that was applied last. */
async function undoNewest(): Promise<void> {
  const ctx = asSystem();
  const [newest] = (await listChangeSets(ctx, { state: "applied", limit: 1 })).items;
  const { id } = await revertChangeSet(ctx, { id: newest?.id ?? "" });
  await submitChangeSet(ctx, { id });
  await applyChangeSet(ctx, { id });
}

describe.each([
  ["with JavaScript", true],
  ["without JavaScript", false],
])("%s", (label, hasScript) => {
  test("a region opens a ward with a number of its own from 1 January, a second person approves it, and it is undone", async () => {
    const [mine, theirs] = [await openAs("regionen", hasScript), await openAs("myndigheden", hasScript)];
    const name = `Afsnit ${label}`;
    await mine.goto(`/enhed/${department}`);
    await mine.getByRole("link", { name: "Ny enhed under denne" }).click();
    await press(mine, "Tag næste ledige nummer");
    const number = mine.getByLabel("Lokationsnummer", { exact: true });
    await expect.poll(() => number.inputValue()).toMatch(/^5790006/);
    const gln = await number.inputValue();
    await mine.getByLabel("Fra hvilken dag").fill(written(january));
    await mine.getByLabel("Enhedens navn").fill(name);
    for (const question of ["Ambulante kontakter", "Sengeafsnit", "Indberetningsniveau"])
      await mine.getByLabel(question).selectOption("ja");
    await press(mine, "Vis virkningen");
    await mine.getByText("Ændringen skal godkendes af en anden, før den gælder.").waitFor();
    await press(mine, "Gem nu");
    await mine.waitForURL(/gemt=/);
    await mine.getByText("Rettelsen venter på godkendelse").first().waitFor();
    await mine.goto(`/aendringssaet/${new URL(mine.url()).searchParams.get("gemt")}`);
    expect(await mine.getByRole("button", { name: "Godkend" }).count()).toBe(0);
    await approveAsSecond(mine, theirs);

    const applied = (await listJournal(db, { action: "unit.edit", limit: 1 }))[0]?.subjectId ?? "";
    expect((await unitOn(applied, eve)).status).not.toBe(200);
    expect((await unitOn(applied, january)).body).toMatchObject({ name, parentSorId: department });
    const fact = { gln, messageType: "DIS91", version: "D9134L" };
    const at = startOfDayInDenmark(january).toISOString();
    const add = { kind: "registrations.add", ...fact, endpointId, validFrom: at };
    const supplied = { kind: "location.change", gln, validFrom: january, fields: { supplierId } };
    await applySet(asSystem(), [supplied, add]);
    await expect.poll(() => routeOn(gln, january), followed).toBe(200);
    expect(await routeOn(gln, eve)).not.toBe(200);
    await undoNewest();

    await mine.reload();
    await press(mine, "Fortryd sættet");
    await mine.getByText("Kladden gør det modsatte.").waitFor();
    // What changed later is named, and the author decides.
    await mine.getByText("Ændret af en anden, siden rettelsen blev lavet.").first().waitFor();
    await mine.getByRole("button", { name: /^Behold min rettelse/ }).click();
    await mine.getByText("Rettelsen er beholdt.").waitFor();
    await press(mine, "Send til godkendelse");
    await mine.getByText("Sættet er sendt til godkendelse.").waitFor();
    await approveAsSecond(mine, theirs);
    expect((await unitOn(applied, january)).status).not.toBe(200);
    await expect.poll(() => routeOn(gln, january), followed).not.toBe(200);
    for (const page of [mine, theirs]) await page.context().close();
  });
});

test("a department is split in two with successors, and its messages go on without a gap", async () => {
  const [gln, from, iso] = [completeGln("579000688799"), addDays(today, 30), "2020-01-01"];
  await setApprovalRules(db, []);
  const [split] = (await applySet(system, [
    unitToCreate(hospital, {
      ...{ level: "unit", validFrom: iso },
      attributes: { parentSorId: hospital, name: "Afdeling B", ...answers },
    }),
  ])) as [string];
  await applySet(system, [
    { kind: "location.create", gln, validFrom: iso, unitSorId: split, fields: { supplierId } },
    { kind: "registrations.add", gln, messageType: "DIS91", version: "D9134L", endpointId, validFrom: null },
  ]);
  const page = await openAs("regionen");
  await page.goto(`/enhed/${split}/del`);
  await page.getByLabel("Fra hvilken dag").fill(written(from));
  await page.getByLabel("Navn på den første").fill("Afdeling B1");
  await page.getByLabel("Navn på den anden").fill("Afdeling B2");
  await press(page, "Vis virkningen");
  await press(page, "Gem nu");
  await page.waitForURL(/gemt=/);
  await page.getByText("Rettelsen er gemt").first().waitFor();
  expect((await unitOn(split, from)).status).not.toBe(200);
  const { body } = await ask(`/v1/organisations/${split}/successors`);
  const successors = body["replacedBy"] as { sorId: string; name: string }[];
  expect(successors.map((each) => each.name).toSorted()).toEqual(["Afdeling B1", "Afdeling B2"]);
  const heir = successors.find((each) => each.name === "Afdeling B1")?.sorId ?? "";
  expect(await findOrganisation(system, { sorId: heir, validAt: from })).toMatchObject({ gln });
  const days = [addDays(from, -1), from, addDays(from, 1)];
  await expect
    .poll(async () => await Promise.all(days.map((day) => routeOn(gln, day))), followed)
    .toEqual([200, 200, 200]);
  await page.context().close();
});

test("a region's form about another's unit is refused, changes nothing, and so is a move into its part", async () => {
  const page = await openAs("regionen");
  for (const form of ["flyt", "luk", "ny", "del", "sammenlaeg", "lokationsnummer"])
    expect((await page.goto(`/enhed/${other}/${form}`))?.status(), form).toBe(403);
  const before = await findOrganisation(system, { sorId: other });
  const posted = await page.request.post(`/enhed/${other}/flyt?/save`, {
    headers: { origin: portal.origin, accept: "text/html" },
    form: { parentSorId: hospital, validFrom: written(addDays(today, 10)), into: "now", etag: "" },
  });
  expect(posted.status()).toBe(403);
  expect(await findOrganisation(system, { sorId: other })).toEqual(before);
  // Moving its own unit out of its part is refused by the preview, with the place, and journalled when it is saved.
  await page.goto(`/enhed/${department}/flyt`);
  await page.getByLabel("Ny overordnet enhed").fill(other);
  await page.getByLabel("Fra hvilken dag").fill(written(addDays(today, 10)));
  await press(page, "Vis virkningen");
  await page.locator(".fault-summary").waitFor();
  expect((await findOrganisation(system, { sorId: department }))?.parentSorId).toBe(hospital);
  await page.context().close();
});
