import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createNotice } from "@sor/core/status";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../testing/chromium.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
await createNotice(createContext(db, { kind: "system", job: "test" }, new Date()), {
  ...{ kind: "incident", state: "investigating", priority: 1, services: ["edi-gateway-demo"] },
  ...{ title: "Nede <b>nu</b>", text: "Vi undersøger." },
});
const portal = await startPortal(url);
const browser = await launchChromium();
// Another site, which shows the badge and the frame.
const site = createServer((_request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(
    `<!doctype html><title>Andet sted</title><img id="badge" alt="" src="${portal.origin}/drift/badge/edi-gateway-demo.svg"><iframe title="Driftsstatus" src="${portal.origin}/embed/status"></iframe>`,
  );
}).listen(0, "127.0.0.1");
afterAll(async () => {
  site.close().closeAllConnections();
  await browser.close();
  await portal.stop();
  await closeDatabase(db);
});

test("another site shows the badge of a service and the status in a frame, with what people wrote as text", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const width = () => page.locator("#badge").evaluate((image) => (image as HTMLImageElement).naturalWidth);
  await expect.poll(width).toBeGreaterThan(100);
  const frame = page.frameLocator("iframe");
  await frame.getByText("Driftsstop på mindst én tjeneste").waitFor();
  expect(await frame.locator("body").textContent()).toContain("EDI-gateway (demo): Driftsstop");
  const link = frame.getByRole("link", { name: "Undersøges: Nede <b>nu</b>" });
  expect(await link.getAttribute("href")).toMatch(new RegExp(`^${portal.origin}/drift/`));
  await page.context().close();
});

test("badges say the state in words, have an ETag, and are of known services only", async () => {
  const get = (name: string, init?: RequestInit) => fetch(`${portal.origin}/drift/badge/${name}`, init);
  const answer = await get("samlet.svg");
  expect(answer.headers.get("content-type")).toBe("image/svg+xml; charset=utf-8");
  expect(await answer.text()).toContain("<title>SOR: Driftsstop</title>");
  const etag = answer.headers.get("etag") ?? "";
  expect((await get("samlet.svg", { headers: { "if-none-match": etag } })).status).toBe(304);
  for (const name of ["findes-ikke.svg", "samlet", "samlet.png"]) expect((await get(name)).status).toBe(404);
});

test("no other page may be framed", async () => {
  const policyOf = async (path: string) =>
    (await fetch(portal.origin + path)).headers.get("content-security-policy") ?? "";
  expect(await policyOf("/drift")).toContain("frame-ancestors 'none'");
  expect(await policyOf("/embed/status")).toContain("frame-ancestors *");
});
