import { testDatabaseUrl } from "@sor/core/testing";
import { describe, expect, test } from "vitest";
import { startPortal } from "../testing/portal.ts";

const { origin } = await startPortal(await testDatabaseUrl());

describe("the portal's own server", () => {
  test("says that it lives without asking the database", async () => {
    const answer = await fetch(`${origin}/livez`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("gives every page a policy with a fresh nonce and no other host", async () => {
    const policies = await Promise.all(
      [1, 2].map(async () => (await fetch(origin)).headers.get("content-security-policy") ?? ""),
    );
    expect(policies[0]).not.toBe(policies[1]);
    expect(policies[0]).toMatch(/script-src 'self' 'nonce-/);
    expect(policies[0]).toContain("frame-ancestors 'none'");
    expect(policies[0]).not.toMatch(/https?:|\*|unsafe-(?:inline|eval)/);
  });

  test("gzips pages for those who take it and says so", async () => {
    const packed = await fetch(origin, { headers: { "accept-encoding": "gzip" } });
    const plain = await fetch(origin, { headers: { "accept-encoding": "identity" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(packed.headers.get("vary")).toContain("Accept-Encoding");
    expect(await packed.text()).toContain("</html>");
  });

  test("answers an unknown address with 404, in Danish, with the request's id", async () => {
    const answer = await fetch(`${origin}/findes-ikke`);
    const html = await answer.text();
    expect(answer.status).toBe(404);
    expect(html).toContain('<html lang="da"');
    expect(html).toContain("Siden findes ikke");
    expect(html).toContain(answer.headers.get("x-request-id") ?? "no id");
  });

  test("speaks English when asked and remembers it", async () => {
    const answer = await fetch(`${origin}/findes-ikke?lang=en`);
    expect(await answer.text()).toContain('<html lang="en"');
    expect(answer.headers.get("set-cookie")).toMatch(/sprog=en/);
    const later = await fetch(`${origin}/findes-ikke`, { headers: { cookie: "sprog=en" } });
    expect(await later.text()).toContain("There is no such page");
  });

  test("renders the chosen theme on the server", async () => {
    const dark = await fetch(origin, { headers: { cookie: "tema=dark" } });
    expect(await dark.text()).toContain('data-theme="dark"');
    const hostile = await fetch(origin, { headers: { cookie: 'tema="><script>' } });
    expect(await hostile.text()).toContain('data-theme="auto"');
  });

  test("stores the theme without JavaScript and goes back to the page, never to another host", async () => {
    const choose = (next: string) =>
      fetch(`${origin}/udseende`, {
        method: "POST",
        redirect: "manual",
        headers: { origin, accept: "text/html" },
        body: new URLSearchParams({ theme: "dark", next }),
      });
    const back = await choose("/kontakt?a=1");
    expect([back.status, back.headers.get("location")]).toEqual([303, "/kontakt?a=1"]);
    expect(back.headers.get("set-cookie")).toMatch(/tema=dark/);
    for (const next of ["//evil.example", "/\\evil.example", "https://evil.example"]) {
      expect((await choose(next)).headers.get("location")).toBe("/start");
    }
  });

  test("refuses a form posted from another site, also with a forged Host and origin header", async () => {
    const headers = {
      origin: "https://evil.example",
      "x-sor-host": "evil.example",
      "x-sor-protocol": "https",
    };
    const answer = await fetch(`${origin}/udseende`, {
      method: "POST",
      headers,
      body: new URLSearchParams({ theme: "dark" }),
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  test("sends who is not signed in from a member page to the login page and back", async () => {
    const answer = await fetch(`${origin}/start?a=b`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login?next=%2Fstart%3Fa%3Db"]);
  });
});

test("the portal ends with code 0 on SIGTERM", async () => {
  const portal = await startPortal(await testDatabaseUrl());
  await fetch(portal.origin);
  expect(await portal.stop()).toBe(0);
});
