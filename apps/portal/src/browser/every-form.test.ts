import { completeGln } from "@sor/core/identifiers";
import { addDays, dayInDenmark } from "@sor/core/validity";
import type { BrowserContext, Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actionOf, collectActions, type FormAction } from "../testing/actions.ts";
import { launchChromium } from "../testing/chromium.ts";
import { browserCookies, type DemoPortal, logIn, startDemoPortal } from "../testing/demo-portal.ts";
import { type Filling, listSubmitters, type Submitter, sendForm } from "../testing/fill-form.ts";
import { chosenUnits, formSamples } from "../testing/form-samples.ts";
import { type Account, sampleAddresses, senderOf } from "../testing/page-samples.ts";
import { addressOf, collectRoutes } from "../testing/pages.ts";

const actions = collectActions();
const browser = await launchChromium();
afterAll(() => browser.close());

/** Sent in other browser tests: they need an authenticator or an earlier change. */
const elsewhere: FormAction[] = [
  "/(member)/konto/totrinslogin?/codes",
  "/(member)/konto/totrinslogin?/confirm",
  "/(member)/konto/totrinslogin?/remove",
  "/(member)/lokationer/[gln]?/save",
  "/(member)/lokationer/[gln]/tilfoej?/save",
  "/(public)/login?/code",
];

/** Refused with these answers; only how the refusal is shown is checked here. */
const refusedHere: FormAction[] = ["/(member)/driftsbeskeder/[id]?/update", "/(public)/login?/password"];

/** Valid values for forms with fields that are named as others' but hold something else. */
const answersOf: Partial<Record<FormAction, Record<string, string>>> = {
  "/(member)/driftsbeskeder/faste-vinduer?/create": {
    ...{ startClock: "21:00", endClock: "03:00", announceDays: "7", firstDay: "01-01-2030" },
  },
  "/(member)/niveauer?/add": { code: "" },
  "/(member)/niveauer?/change": { code: "", name: "Ændret niveau" },
  "/(member)/profiler/[id]?/save": { name: "Rettet profil" },
  "/(member)/redaktion/vejledninger/[id]?/": { slug: "en-rettet-vejledning" },
  "/(member)/redaktion/vejledninger/ny?/": { slug: "en-vejledning" },
  "/(member)/udfasning?/save": { phasedOutFrom: "01-01-2020", successor: "DIS01 D0134L", lastDay: "" },
  "/(member)/udfasning?/import": { fil: "Meddelelsestype;Version;Udfases fra\nREF01;H0130R;01-01-2030\n" },
};

// Last, because they end the session or change the password that the others use.
const isLast = (action: string) => /^\/\(member\)\/konto\?\/password|^\/logout/.test(action);
// First the buttons that go back, then those that go on, then those that use something up.
const [goesBack, usesUp] = [
  /\?\/(?:edit|change|test|pause|resume|decline|drop|try)$/,
  /\?\/(?:remove|drain|withdraw|approve|revoke|discard|delete)$/,
];
const rankOf = (action: string) => (goesBack.test(action) ? 0 : usesUp.test(action) ? 2 : 1);

describe.each([
  ["with JavaScript", true],
  ["without JavaScript", false],
])("every form, %s", (_name, hasScript) => {
  const sent = new Set<string>();
  const done = new Set<string>();
  const carriedOut = new Set<string>();
  let portal: DemoPortal;
  let samples: Record<string, string>;
  let further: Record<string, string[]>;
  const contexts = new Map<Account, BrowserContext>();
  let answers: Record<string, string>;

  beforeAll(async () => {
    portal = await startDemoPortal();
    samples = await sampleAddresses(portal.db, portal.accounts);
    const { addresses, answers: made } = await formSamples(portal);
    further = addresses;
    const [vendor] = portal.accounts.portal.vendors;
    if (!vendor) throw new Error("the demo has no vendor");
    const logins = { nobody: undefined, vendor, authority: portal.accounts.portal.authority };
    for (const [account, login] of Object.entries(logins)) {
      const context = await browser.newContext({ baseURL: portal.origin, javaScriptEnabled: hasScript });
      await context.addCookies(browserCookies(login ? await logIn(portal.origin, login) : "", portal.origin));
      contexts.set(account as Account, context);
    }
    answers = { ...answersFor(vendor, portal), ...made };
  }, 180_000);
  afterAll(async () => {
    for (const context of contexts.values()) await context.close();
    await portal.stop();
  });

  /** Checks of the resulting page, whatever was sent. */
  async function holdOutcome(page: Page, answer: Response, what: string): Promise<"refused" | "carried out"> {
    expect(answer.status(), what).toBeLessThan(500);
    await page.waitForLoadState("load");
    await page.waitForFunction(() => !document.querySelector("button[aria-disabled=true]"));
    await expect.poll(() => page.locator("h1").count(), { message: `${what}: the heading` }).toBe(1);
    await page.waitForLoadState("load");
    const body = (await page.locator("main").textContent()) ?? "";
    expect(body.length, `${what}: the page`).toBeGreaterThan(40);
    expect(body, what).not.toContain("Noget gik galt hos os");
    const summary = page.locator(".fault-summary");
    const isRefused = (await summary.count()) > 0;
    if (isRefused) {
      expect(await summary.locator("li").count(), `${what}: faults are named`).toBeGreaterThan(0);
      const lost = await summary
        .locator("a")
        .evaluateAll((links) =>
          links
            .map((link) => link.getAttribute("href") ?? "")
            .filter((href) => !document.getElementById(href.slice(1))),
        );
      expect(lost, `${what}: faults lead to their fields`).toEqual([]);
    }
    const isEnhanced = (answer.headers()["content-type"] ?? "").includes("json");
    if (isRefused || isEnhanced) {
      const focus = await page.evaluate(
        () => document.activeElement?.className || document.activeElement?.tagName,
      );
      expect(focus, `${what}: the focus`).not.toBe("BODY");
      if (isRefused) expect(focus, `${what}: the focus`).toContain("fault-summary");
    }
    return isRefused ? "refused" : "carried out";
  }

  async function send(page: Page, submitter: Submitter, action: FormAction, filling: Filling): Promise<void> {
    const what = `${action} ${filling}`;
    const values = { ...answers, ...answersOf[action] };
    const posted = page.waitForResponse((answer) => answer.request().method() === "POST", {
      timeout: 20_000,
    });
    await Promise.all([posted, sendForm(page, submitter, filling, values)]).catch((error: unknown) => {
      throw new Error(`${what} was not sent`, { cause: error });
    });
    sent.add(action);
    if ((await holdOutcome(page, await posted, what)) === "carried out") carriedOut.add(action);
  }

  /** The first button of the page whose action has not been sent yet. */
  async function nextOn(page: Page): Promise<{ submitter: Submitter; action: FormAction } | undefined> {
    const all = (await listSubmitters(page)).map((submitter) => {
      const action = actionOf(submitter.target, actions);
      if (!action) throw new Error(`${submitter.target} is no form action`);
      return { submitter, action };
    });
    const open = all.filter(({ action }) => !done.has(action) && !isLast(action));
    return open.sort((a, b) => rankOf(a.action) - rankOf(b.action))[0];
  }

  async function sendAll(page: Page, address: string): Promise<void> {
    for (let next = await nextOn(page); next; next = await nextOn(page)) {
      const { action } = next;
      done.add(action);
      const fillings: Filling[] = next.submitter.isEditable ? ["empty", "wrong", "right"] : ["right"];
      for (const filling of fillings) {
        const stands = (await listSubmitters(page)).find(
          ({ target }) => actionOf(target, actions) === action,
        );
        if (stands) await send(page, stands, action, filling);
      }
      // Continue with what the result offers (a preview's own button), otherwise with the original page.
      if (!(await nextOn(page))) await page.goto(address);
    }
  }

  /** Sends forms that appear only after another form: a preview that was left is made again. */
  async function sendRest(page: Page, address: string, route: string): Promise<void> {
    const isLeft = () =>
      actions.some((action) => action.startsWith(`${route}?/`) && !done.has(action) && !isLast(action));
    await page.goto(address);
    for (const { target } of isLeft() ? await listSubmitters(page) : []) {
      await page.goto(address);
      const again = (await listSubmitters(page)).find((submitter) => submitter.target === target);
      const action = again && actionOf(target, actions);
      if (!again || !action?.startsWith(`${route}?/`) || rankOf(action) !== 1) continue;
      await send(page, again, action, "right");
      await sendAll(page, address);
      if (!isLeft()) return;
    }
  }

  test.each(collectRoutes().map((route) => ({ route })))(
    "$route",
    async ({ route }) => {
      const context = contexts.get(senderOf(route));
      const page = await context?.newPage();
      if (!page) throw new Error("nobody visits this page");
      for (const address of further[route] ?? [addressOf(route, samples)]) {
        await page.goto(address);
        await sendAll(page, address);
        await sendRest(page, address, route);
      }
      await page.close();
    },
    120_000,
  );

  test("forms that end a session or a password", async () => {
    const page = await contexts.get("vendor")?.newPage();
    for (const [address, action] of [
      ["/konto", "/(member)/konto?/password"],
      ["/konto", "/logout?/"],
    ] as const) {
      for (const filling of ["empty", "wrong", "right"] as const) {
        await page?.goto(address);
        const all = page ? await listSubmitters(page) : [];
        const found = all.find(({ target }) => actionOf(target, actions) === action);
        if (page && found) await send(page, found, action, filling);
      }
    }
  }, 60_000);

  test("every form of the portal is sent, and each can succeed", () => {
    expect(actions.filter((action) => !sent.has(action) && !elsewhere.includes(action))).toEqual([]);
    const others = [...elsewhere, ...refusedHere];
    expect(actions.filter((action) => !carriedOut.has(action) && !others.includes(action))).toEqual([]);
  });
});

/** Valid values for the forms of the demo, by field name. */
function answersFor(
  vendor: { username: string; password: string },
  { accounts }: DemoPortal,
): Record<string, string> {
  return {
    password: vendor.password,
    passwordAgain: vendor.password,
    oldPassword: vendor.password,
    newPassword: vendor.password,
    reason: "modtageren bad om det",
    email: "formular@example.dk",
    username: "formular-bruger",
    name: "Formularens navn",
    keys: "L000123",
    title: "Formularens overskrift",
    text: "Formularens tekst.",
    mail: "formular@example.dk",
    position: "1",
    prefix: "5790005",
    from: "1",
    to: "9",
    holder: "Formularens afsnit",
    unitSorId: chosenUnits.parentSorId,
    keptTo: addDays(dayInDenmark(new Date()), 30),
    subtreeSorId: chosenUnits.parentSorId,
    gln: accounts.gateway.example.receiver,
    fil: `Lokationsnummer;Meddelelsestype;Version\n${accounts.gateway.example.receiver};DIS91;D9134L\n`,
    due: "4. kvartal 2030",
    subject: "Formularens emne",
    bilag: "%PDF-1.7 prøve",
    "bilag name": "formular.pdf",
    description: "Formularens beskrivelse",
    sorId: chosenUnits.parentSorId,
    messageType: "DIS91",
    versionName: "DIS01 D0133L",
    received: "DIS91 D9134L",
    digest: "daily",
    limitPercent: "5",
    ...chosenUnits,
    "end-types": "PID02",
    "end-day": "01-02-2030",
    dag: "01-02-2030",
    handling: "end",
    newGln: completeGln("579000688700"),
    validFrom: "01-01-2030",
    lastDay: addDays(dayInDenmark(new Date()), 30),
    channel: "webhook",
    transport: "webhook",
    address: "https://example.org/ny-adresse",
    patientId: "2512484916",
  };
}
