import { type Context, createContext } from "@sor/core";
import { recordAttempt, takeDeliveries } from "@sor/core/deliveries";
import { listSystems } from "@sor/core/endpoints";
import { completeGln } from "@sor/core/identifiers";
import { acceptInterchange } from "@sor/core/intake";
import { listRegistrations } from "@sor/core/message-types";
import { aLocation, anEndpoint, anInterchange, receives } from "@sor/core/testing";
import { addDays, dayInDenmark, formatDanishDay } from "@sor/core/validity";
import { continueSwitches } from "@sor/core/vendor-switches";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, logIn, startDemoPortal } from "../testing/demo-portal.ts";

const portal = await startDemoPortal(60);
const browser = await launchChromium();
afterAll(() => browser.close());

const { db, origin, accounts } = portal;
const system = (at = new Date()): Context => createContext(db, { kind: "system", job: "test" }, at);

/** A vendor's page, signed in, with or without JavaScript, and its supplier. */
async function aVendorAt(place: number, hasScript: boolean) {
  const login = accounts.portal.vendors[place];
  if (!login) throw new Error("the demo has no such vendor");
  const context = await browser.newContext({ baseURL: origin, javaScriptEnabled: hasScript });
  await context.addCookies(browserCookies(await logIn(origin, login), origin));
  const { rows } = await db.$client.query<{ id: string }>("select id from suppliers where name = $1", [
    login.vendor,
  ]);
  return { page: await context.newPage(), supplierId: rows[0]?.id ?? "", name: login.vendor };
}

async function run(at = new Date()): Promise<void> {
  while (await continueSwitches(system(at)));
}

/** A message to a location number, which its endpoint refuses. */
async function refuse(gln: string): Promise<void> {
  const sender = accounts.gateway.example.sender;
  await acceptInterchange(system(), {
    bytes: anInterchange({ sender, receiver: gln }),
    gatewayParty: "SORGATEWAY",
  });
  for (const delivery of await takeDeliveries(system(), {
    limit: 10,
    leaseSeconds: 60,
    perEndpoint: 10,
    worker: "w",
  })) {
    await recordAttempt(system(), {
      ...{ delivery, outcome: { kind: "refused", status: 410 }, startedAt: new Date() },
      ...{
        latencyMilliseconds: 5,
        responseExcerpt: null,
        worker: "w",
        random: 0.5,
        gatewayParty: "SORGATEWAY",
      },
    });
  }
}

const endpointOf = async (gln: string, at = new Date()) =>
  (await listRegistrations(system(), { gln, at })).map(({ endpointId }) => endpointId);

const says = async (page: Page, text: string) =>
  await page.getByText(text, { exact: false }).first().waitFor({ timeout: 10_000 });

test.each([
  ["with JavaScript", true, 1],
  ["without JavaScript", false, 2],
])(
  "two vendors switch in waves, which halt by themselves and are returned, %s",
  async (_name, hasScript, part) => {
    const [giver, taker] = [await aVendorAt(0, hasScript), await aVendorAt(1, hasScript)];
    const glns = [1, 2].map((place) => completeGln(`57900069${part}${place}01`));
    const [first = "", second = ""] = glns;
    const webhook = (supplierId: string) =>
      anEndpoint(db, { supplierId, address: `https://example.org/${part}` });
    const [oldEndpoint, newEndpoint] = [await webhook(giver.supplierId), await webhook(taker.supplierId)];
    for (const gln of glns) {
      await aLocation(db, { gln, supplierId: giver.supplierId });
      await receives(db, gln, oldEndpoint, [["DIS91", "D9134L"]]);
    }
    const today = dayInDenmark(new Date());

    await giver.page.goto("/leverandoerskifte/ny");
    await giver.page.getByLabel("Ny leverandør").selectOption({ label: taker.name });
    await giver.page.getByLabel("Lokationsnumre", { exact: true }).fill(glns.join("\n"));
    await giver.page.getByLabel("Første dag", { exact: true }).fill(formatDanishDay(today));
    await giver.page.getByText("Del skiftet i bølger").click();
    await giver.page.getByLabel("Andel i 1. bølge").fill("50");
    await giver.page.getByLabel("Første dag for 2. bølge").fill(formatDanishDay(addDays(today, 20)));
    await giver.page.getByLabel("Note til jer selv").fill("Kun for giveren");
    await giver.page.getByRole("button", { name: "Begynd skiftet" }).click();
    await says(giver.page, "Skiftet er begyndt for 2 lokationsnumre");
    const key = (await giver.page.locator("code.code").textContent()) ?? "";
    await giver.page.getByRole("link", { name: "Følg skiftet" }).click();
    await says(giver.page, "Venter på, at den nye leverandør taster nøglen");
    const address = new URL(giver.page.url()).pathname;

    expect((await taker.page.goto(address))?.status()).toBe(404);
    await taker.page.goto("/leverandoerskifte");
    await taker.page.getByLabel("Nøgle").fill(key.toLowerCase());
    await taker.page.getByRole("button", { name: "Tag imod" }).click();
    await says(taker.page, "I har taget imod skiftet");
    expect(await taker.page.locator("main").textContent()).not.toContain("Kun for giveren");
    const [newSystem] = await listSystems(system(), { supplierId: taker.supplierId });
    await taker.page.getByLabel("System").selectOption(newSystem?.id ?? "");
    await taker.page.getByLabel("Endepunkt for alle typer").selectOption(newEndpoint);
    await taker.page.getByRole("button", { name: "Se, hvad der sker" }).click();
    await says(taker.page, "2 lokationsnumre flytter");
    await says(taker.page, "Systemet er ikke godkendt til disse typer");
    await taker.page.getByRole("button", { name: "Bekræft og begynd" }).click();
    await says(taker.page, "Skiftet er i gang");

    await run();
    expect(await endpointOf(first)).toEqual([newEndpoint]);
    expect(await endpointOf(second)).toEqual([oldEndpoint]);
    await refuse(first);
    await run();
    for (const { page } of [taker, giver]) {
      await page.goto(address);
      await says(page, "For mange afleveringer til de nye endepunkter mislykkedes");
    }
    await says(taker.page, "1 af 1 afleveringer mislykkedes");
    expect(await giver.page.locator("main").textContent()).not.toContain("1 af 1");
    expect(await giver.page.getByRole("button", { name: "gå tilbage" }).count()).toBe(0);

    await taker.page.getByRole("button", { name: "Lad lokationsnumrene gå tilbage" }).click();
    await says(taker.page, "Lokationsnumrene går tilbage");
    await run();
    await giver.page.reload();
    await says(giver.page, "Lokationsnumrene er tilbage hos den tidligere leverandør");
    const later = new Date(Date.now() + 30 * 86_400_000);
    for (const gln of glns) expect(await endpointOf(gln, later)).toEqual([oldEndpoint]);
    for (const { page } of [taker, giver]) await page.context().close();
  },
);
