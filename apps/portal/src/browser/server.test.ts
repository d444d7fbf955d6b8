import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoUser } from "@sor/core/access";
import { findNoticeSubscription } from "@sor/core/notice-mail";
import { aVendor, testDatabaseUrl } from "@sor/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { logIn } from "../testing/member.ts";
import { startPortal } from "../testing/portal.ts";
import { freePort } from "../testing/program.ts";
import { aSubscriber } from "../testing/subscribers.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
afterAll(() => closeDatabase(db));
const { origin } = await startPortal(url);

describe("M4: the address that unsubscribes with one click", () => {
  const ctx = () => createContext(db, { kind: "system", job: "test" }, new Date());
  const isThere = async (token: string) => (await findNoticeSubscription(ctx(), { token })) !== undefined;
  const multipart = new FormData();
  multipart.set("List-Unsubscribe", "One-Click");
  const bodies = { "a form": new URLSearchParams({ "List-Unsubscribe": "One-Click" }), multipart };

  test.each(Object.entries(bodies))(
    "answers 200 to a POST of %s without Origin, login or cookie, again too, and GET changes nothing",
    async (_name, body) => {
      const token = await aSubscriber(ctx(), { isConfirmed: true });
      const seen = await fetch(`${origin}/afmeld/${token}`);
      expect(seen.status).toBe(200);
      expect(await seen.text()).toContain('<button type="submit"');
      expect(await isThere(token)).toBe(true);
      for (let count = 0; count < 2; count += 1) {
        const answer = await fetch(`${origin}/afmeld/${token}`, { method: "POST", body, redirect: "manual" });
        expect([answer.status, answer.headers.get("set-cookie")]).toEqual([200, null]);
        expect(await isThere(token)).toBe(false);
      }
    },
  );

  test("answers the same for a token that was never given out, and 200 also to who accepts only pages", async () => {
    const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
    const address = `${origin}/afmeld/${"x".repeat(32)}`;
    expect((await fetch(address, { method: "POST", body })).status).toBe(200);
    const token = await aSubscriber(ctx(), { isConfirmed: true });
    const headers = { accept: "text/html" };
    const page = await fetch(`${origin}/afmeld/${token}`, { method: "POST", body, headers });
    expect(page.status).toBe(200);
    expect(await isThere(token)).toBe(false);
  });

  test("is the only one without an Origin: another form is refused", async () => {
    const body = new URLSearchParams({ mail: "anna@example.dk" });
    expect((await fetch(`${origin}/drift/abonner`, { method: "POST", body })).status).toBe(403);
  });
});

describe("the portal's own server", () => {
  test("answers /livez without a database query", async () => {
    const answer = await fetch(`${origin}/livez`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("sends a content security policy with a fresh nonce and no other host on every page", async () => {
    const policies = await Promise.all(
      [1, 2].map(async () => (await fetch(origin)).headers.get("content-security-policy") ?? ""),
    );
    expect(policies[0]).not.toBe(policies[1]);
    expect(policies[0]).toMatch(/script-src 'self' 'nonce-/);
    expect(policies[0]).toContain("frame-ancestors 'none'");
    expect(policies[0]).not.toMatch(/https?:|\*|unsafe-(?:inline|eval)/);
  });

  test("gzips pages for clients that accept it, with Vary", async () => {
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

  test.each(["/lokation/5799990010019", "/soeg?q=5799990010019"])(
    "says at %s that the number has a wrong check digit",
    async (path) => {
      const answer = await fetch(origin + path);
      expect(answer.status).toBe(path.startsWith("/lokation") ? 404 : 200);
      expect(await answer.text()).toContain("Kontrolcifferet passer ikke.");
    },
  );

  test("switches to English on request and remembers it", async () => {
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

  test("stores the theme without JavaScript and redirects to the page, never to another host", async () => {
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

  test.each([
    ["another site", { origin: "https://evil.example" }],
    [
      "another site that forges where it was posted",
      { origin: "http://evil.example", "x-sor-host": "evil.example" },
    ],
    ["another site that forges Host", { origin: "http://evil.example", host: "evil.example" }],
    ["a page that hides where it is", { origin: "null" }],
  ])("refuses a form posted from %s", async (_, headers) => {
    // `fetch` always sets Host.
    const posted = request(`${origin}/udseende`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    });
    posted.end("theme=dark");
    const [answer] = (await once(posted, "response")) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(403);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("redirects an anonymous visitor from a member page to the login page and back", async () => {
    const answer = await fetch(`${origin}/start?a=b`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login?next=%2Fstart%3Fa%3Db"]);
  });
});

test("the portal serves readiness, metrics by route pattern, and no security.txt without a contact", async () => {
  expect(await (await fetch(`${origin}/readyz`)).text()).toBe("ready\n");
  await fetch(`${origin}/lokation/5790000123117`);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  expect(metrics).toContain("soredi_portal_database_up 1");
  expect(metrics).toContain('route="/(public)/lokation/[gln]"');
  expect(metrics).not.toContain("5790000123117");
  expect((await fetch(`${origin}/.well-known/security.txt`)).status).toBe(404);
});

test("with a management port metrics are served only there, and the portal drains on SIGTERM", async () => {
  const port = await freePort();
  const portal = await startPortal(await testDatabaseUrl(), {
    PORTAL_MANAGEMENT_PORT: String(port),
    SECURITY_CONTACT: "https://sor.example.org/sikkerhed",
    DRAIN_SECONDS: "2",
  });
  expect((await fetch(`${portal.origin}/metrics`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  const told = await (await fetch(`${portal.origin}/.well-known/security.txt`)).text();
  expect(told).toContain(`Canonical: ${portal.origin}/.well-known/security.txt`);
  const ended = portal.stop();
  await expect.poll(async () => (await fetch(`${portal.origin}/readyz`)).status).toBe(503);
  const page = await fetch(portal.origin);
  expect([page.status, page.headers.get("connection")]).toEqual([200, "close"]);
  expect(await ended).toBe(0);
});

test("behind a proxy the client is the address in its header, with or without a port, otherwise the peer", async () => {
  const proxied = await startPortal(await testDatabaseUrl(), { ADDRESS_HEADER: "X-Forwarded-For" });
  const seen = async (headers: Record<string, string>) => {
    const html = await (await fetch(`${proxied.origin}/adgang`, { headers })).text();
    return /class="code[^>]*>([0-9a-f:.]+)</.exec(html)?.[1];
  };
  expect(await seen({})).toBe("127.0.0.1");
  expect(await seen({ "x-forwarded-for": "198.51.100.1, 203.0.113.9:50123" })).toBe("203.0.113.9");
  expect(await seen({ "x-forwarded-for": "[2001:db8::9]:443" })).toBe("2001:db8::9");
  expect(await seen({ "x-forwarded-for": "unknown" })).toBe("127.0.0.1");
  expect((await fetch(`${proxied.origin}/drift/rss.xml`)).status).toBe(200);
  const login = await fetch(`${proxied.origin}/login?/password`, {
    ...{ method: "POST", redirect: "manual", headers: { origin: proxied.origin, accept: "text/html" } },
    body: new URLSearchParams({ username: "anna", password: "forkert adgangskode" }),
  });
  expect(login.status).toBe(401);
});

test("the portal ends with code 0 on SIGTERM", async () => {
  const portal = await startPortal(await testDatabaseUrl());
  await fetch(portal.origin);
  expect(await portal.stop()).toBe(0);
});

test("lists of one vendor leave connections to the database: who finds no room is told to wait, the rest goes on", async () => {
  const member = async (username: string) => {
    const { supplierId } = await aVendor(db);
    const account = {
      username,
      name: username,
      email: `${username}@example.org`,
      password: "en lang sætning",
    };
    const given = { role: "vendor-editor", scope: { kind: "supplier", supplierId }, supplierId } as const;
    await createDemoUser(createContext(db, { kind: "system", job: "test" }, new Date()), {
      ...account,
      ...given,
    });
    return await logIn({ origin }, username, account.password);
  };
  const [own, other] = [await member("travl"), await member("anden")];
  const blocker = await db.$client.connect();
  try {
    await blocker.query("begin; lock table messages in access exclusive mode");
    const reading = Array.from({ length: 10 }, () => own.get("/meddelelser"));
    expect((await own.get("/konto")).status).toBe(200);
    expect((await other.get("/lokationer")).status).toBe(200);
    const refused: Response[] = [];
    for (const read of reading) void read.then((answer) => answer.status === 429 && refused.push(answer));
    await expect.poll(() => refused.length, { timeout: 10_000 }).toBe(6);
    expect(refused[0]?.headers.get("retry-after")).toBe("5");
    expect(await refused[0]?.text()).toContain("Der er travlt");
    await blocker.query("rollback");
    const statuses = (await Promise.all(reading)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
  } finally {
    blocker.release(true);
  }
});
