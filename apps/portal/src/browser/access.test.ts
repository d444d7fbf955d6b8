import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { actorForKey, createDemoUser, type GrantScope, type Role } from "@sor/core/access";
import { createSupplier } from "@sor/core/endpoints";
import { listJournal } from "@sor/core/journal";
import { testDatabaseUrl, wrongPasswords } from "@sor/core/testing";
import { afterAll, expect, test } from "vitest";
import { logIn, visit } from "../testing/member.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
afterAll(() => closeDatabase(db));
const portal = await startPortal(url);
const other = await startPortal(url);
const password = "en lang sætning til test";
const system = () => createContext(db, { kind: "system", job: "test" }, new Date());

const ours = (await createSupplier(system(), vendor("Ours"))).id;
const theirs = (await createSupplier(system(), vendor("Theirs"))).id;

function vendor(name: string) {
  return { name, sorCode: null, email: null, telephone: null };
}

async function addUser(username: string, role: Role, supplierId: string | null): Promise<string> {
  const scope: GrantScope = supplierId === null ? { kind: "all" } : { kind: "supplier", supplierId };
  const names = { username, name: username, email: `${username}@example.org` };
  return (await createDemoUser(system(), { ...names, password, role, scope, supplierId })).userId;
}

await addUser("authority", "authority", null);
const own = await addUser("admin", "vendor-administrator", ours);
await addUser("editor", "vendor-editor", ours);
const stranger = await addUser("stranger", "vendor-administrator", theirs);

const lastEntries = (limit: number) => listJournal(db, { limit });
const linkIn = (html: string) => /\/invitation\/[A-Za-z0-9_-]{43}/.exec(html)?.[0] ?? "no link";

test("logging in by form sets an HttpOnly, SameSite=Lax cookie and redirects to the requested page, never to another host", async () => {
  const member = visit(portal);
  const wanted = await member.get("/noegler");
  expect(wanted.status).toBe(303);
  expect(wanted.headers.get("location")).toBe("/login?next=%2Fnoegler");
  const form = { username: "admin", password, next: "/noegler" };
  const answer = await member.post("/login?/password", form);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/noegler"]);
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith("sor.session_token="));
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Lax/i);
  expect(cookie).not.toMatch(/Secure|Domain/i);
  expect((await member.get("/noegler")).status).toBe(200);
  for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example"]) {
    const elsewhere = await visit(portal).post("/login?/password", { ...form, next });
    expect(elsewhere.headers.get("location")).toBe("/start");
  }
});

test("a wrong password and an unknown user name get the same answer, and no password is echoed", async () => {
  const texts = await Promise.all(
    ["admin", "nobody"].map(async (username) => {
      const answer = await visit(portal).post("/login?/password", { username, password: "hemmelig-forkert" });
      expect(answer.status).toBe(401);
      const html = await answer.text();
      expect(html).toContain("Brugernavn eller adgangskode er forkert.");
      expect(html).not.toContain("hemmelig-forkert");
      return html.length - username.length;
    }),
  );
  expect(Math.abs((texts[0] ?? 0) - (texts[1] ?? 0))).toBeLessThan(40);
});

test("a cross-site form post is refused, logged in or not, and changes nothing", async () => {
  const member = await logIn(portal, "authority", password);
  const forms: [string, Record<string, string>][] = [
    ["/login?/password", { username: "admin", password }],
    ["/logout", {}],
    ["/konto?/endOthers", {}],
    ["/brugere/ny", { username: "planted", name: "x", email: "x@example.org", role: "authority" }],
    [`/brugere/${stranger}?/deactivate`, {}],
    ["/noegler?/create", { supplierId: ours, name: "x", "scopes[]": "messages:read", lastDay: "2030-01-01" }],
  ];
  const [before] = await lastEntries(1);
  for (const [path, fields] of forms) {
    for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }]) {
      expect((await member.post(path, fields, headers)).status, path).toBe(403);
    }
  }
  expect((await lastEntries(1))[0]?.sequence).toBe(before?.sequence);
  expect((await member.get("/brugere")).status).toBe(200);
});

test("a session planted in the browser does not become the victim's", async () => {
  const attacker = await logIn(portal, "stranger", password);
  const planted = new Map(attacker.cookies);
  const victim = visit(portal, new Map(planted));
  await victim.post("/logout", {});
  const again = visit(portal, new Map(planted));
  expect((await again.get("/konto")).status).toBe(303);
  const second = await logIn(portal, "stranger", password);
  const fixed = visit(portal, new Map(second.cookies));
  const answer = await fixed.post("/login?/password", { username: "admin", password });
  expect(answer.status).toBe(303);
  expect(fixed.cookies.get("sor.session_token")).not.toBe(second.cookies.get("sor.session_token"));
  expect((await second.get("/konto")).status).toBe(303);
  expect(await (await fixed.get("/konto")).text()).toContain("admin");
});

test("logging out is a POST that ends the session on the server and removes the cookie", async () => {
  const member = await logIn(portal, "editor", password);
  const kept = visit(portal, new Map(member.cookies));
  expect((await member.get("/logout")).status).toBe(303);
  expect((await member.get("/konto")).status).toBe(200);
  const answer = await member.post("/logout", {});
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login?ud"]);
  expect(member.cookies.has("sor.session_token")).toBe(false);
  expect((await kept.get("/konto")).status).toBe(303);
});

test("a vendor's administrator invites a user; the link creates the account once, and the user can log in", async () => {
  const admin = await logIn(portal, "admin", password);
  const fields = { username: "Bo.Berg", name: "Bo Berg", email: "bo@example.org" };
  const answer = await admin.post("/brugere/ny", { ...fields, role: "vendor-editor", supplierId: ours });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const link = linkIn(await answer.text());
  const invited = visit(portal);
  const page = await invited.get(link);
  expect(page.headers.get("referrer-policy")).toBe("same-origin");
  expect(await page.text()).toContain("bo.berg");
  const weak = await invited.post(link, { password: "adgangskode1", passwordAgain: "adgangskode1" });
  expect([weak.status, (await weak.text()).includes("for let at gætte")]).toEqual([400, true]);
  const typo = await invited.post(link, { password, passwordAgain: `${password}x` });
  expect([typo.status, (await typo.text()).includes("er ikke ens")]).toEqual([400, true]);
  const done = await invited.post(link, { password, passwordAgain: password });
  expect(done.headers.get("location")).toBe("/login?klar");
  expect((await invited.get(link)).status).toBe(410);
  const bo = await logIn(portal, "bo.berg", password);
  expect((await bo.get("/brugere")).status).toBe(403);
  expect(await (await admin.get("/brugere")).text()).toContain("bo.berg");
});

test("member pages are not cached by shared caches, and pages that show a secret are not stored at all", async () => {
  const admin = await logIn(portal, "admin", password);
  for (const path of ["/start", "/konto", "/brugere", "/noegler", `/brugere/${own}`, "/lokationer"]) {
    expect((await admin.get(path)).headers.get("cache-control"), path).toBe("private, no-cache");
  }
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const key = { supplierId: ours, name: "Kort", "scopes[]": "messages:read", lastDay: day };
  const secret = await admin.post("/noegler?/create", key);
  expect(secret.headers.get("cache-control")).toBe("no-store");
  expect(await secret.text()).toContain(`Sidste dag: <time datetime="${day}">`);
  expect((await admin.get("/konto/totrinslogin")).headers.get("cache-control")).toBe("no-store");
});

test("a key is shown once, works within its limits, and is refused after it was revoked", async () => {
  const admin = await logIn(portal, "admin", password);
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const form = { supplierId: ours, name: "Journalsystem", "scopes[]": "interchanges:send", lastDay: day };
  const wrong = await admin.post("/noegler?/create", { ...form, glns: "5790000123118" });
  expect([wrong.status, (await wrong.text()).includes("kontrolciffer")]).toEqual([400, true]);
  const late = await admin.post("/noegler?/create", { ...form, lastDay: "2099-01-01" });
  expect(late.status).toBe(400);
  const made = await admin.post("/noegler?/create", { ...form, glns: "5790000123117,\n" });
  const html = await made.text();
  const key = /sor_[A-Za-z0-9_-]{43}/.exec(html)?.[0] ?? "no key";
  const answer = await actorForKey(db, key, new Date());
  expect(answer).toMatchObject({
    state: "valid",
    actor: { supplierId: ours, limitedTo: ["5790000123117"], scopes: ["interchanges:send"] },
  });
  const list = await (await admin.get("/noegler")).text();
  expect(list).toContain("Journalsystem");
  expect(list).not.toContain(key);
  const id = /name="key" value="([^"]+)"/.exec(list)?.[1] ?? "";
  const revoked = await admin.post("/noegler?/revoke", { key: id });
  expect(revoked.headers.get("location")).toBe(`/noegler?spaerret=${id}`);
  expect(await (await admin.get(`/noegler?spaerret=${id}`)).text()).toContain(
    "Nøglen Journalsystem er spærret.",
  );
  const later = new Date(Date.now() + 6000);
  expect(await actorForKey(db, key, later)).toEqual({ state: "revoked" });
});

test("the authority gives a vendor's key a part of the register; a vendor neither can nor is asked", async () => {
  const authority = await logIn(portal, "authority", password);
  const admin = await logIn(portal, "admin", password);
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const sorId = "311000016009";
  const form = { supplierId: ours, name: "Regionens program", "scopes[]": "register:write", lastDay: day };
  const own = await (await admin.get("/noegler")).text();
  expect([own.includes('name="registerPart"'), own.includes("register:write")]).toEqual([false, false]);
  expect((await admin.post("/noegler?/create", { ...form, registerPart: sorId })).status).toBe(403);
  expect(await (await authority.get(`/noegler?leverandoer=${ours}`)).text()).toContain('name="registerPart"');
  const wrong = await authority.post("/noegler?/create", { ...form, registerPart: "311000016008" });
  expect([wrong.status, (await wrong.text()).includes("eller »alle«")]).toEqual([400, true]);
  const made = await authority.post("/noegler?/create", { ...form, registerPart: sorId });
  const key = /sor_[A-Za-z0-9_-]{43}/.exec(await made.text())?.[0] ?? "no key";
  const grants = [{ role: "vendor-editor" }, { role: "region", scope: { kind: "subtree", sorId } }];
  expect(await actorForKey(db, key, new Date())).toMatchObject({ state: "valid", actor: { grants } });
  expect(await (await admin.get("/noegler")).text()).toContain(`I registret under ${sorId}.`);
});

test("the authority creates a vendor and invites its administrator; the last authority cannot be deactivated", async () => {
  const authority = await logIn(portal, "authority", password);
  const made = await authority.post("/brugere/leverandoer", {
    name: "Ny leverandør",
    email: "",
    telephone: "",
  });
  const location = made.headers.get("location") ?? "";
  expect(location).toMatch(/^\/brugere\/ny\?leverandoer=/);
  expect((await authority.post("/brugere/leverandoer", { name: "Ny leverandør" })).status).toBe(400);
  expect(await (await authority.get(location)).text()).toContain("Leverandøren Ny leverandør er oprettet.");
  const supplierId = new URL(location, portal.origin).searchParams.get("leverandoer") ?? "";
  const fields = { username: "ny.admin", name: "Ny", email: "ny@example.org", role: "vendor-administrator" };
  const invited = await authority.post("/brugere/ny", { ...fields, supplierId });
  expect(linkIn(await invited.text())).toMatch(/^\/invitation\//);
  const users = await (await authority.get("/brugere")).text();
  const last = /href="\/brugere\/([0-9a-f-]{36})">authority</.exec(users)?.[1];
  const refused = await authority.post(`/brugere/${last}?/deactivate`, {});
  expect([refused.status, (await refused.text()).includes("Der skal altid være en bruger")]).toEqual([
    400,
    true,
  ]);
});

test("changing a password ends the user's other sessions", async () => {
  const [first, second] = [await logIn(portal, "editor", password), await logIn(portal, "editor", password)];
  const fresh = "en anden lang sætning";
  const form = { oldPassword: password, newPassword: fresh, passwordAgain: fresh };
  const wrong = await first.post("/konto?/password", { ...form, oldPassword: "forkert" });
  expect([wrong.status, (await wrong.text()).includes("ikke din nuværende")]).toEqual([400, true]);
  expect((await first.post("/konto?/password", form)).headers.get("location")).toBe("/konto?gemt");
  expect((await first.get("/konto")).status).toBe(200);
  expect((await second.get("/konto")).status).toBe(303);
  await logIn(portal, "editor", fresh);
});

test("too many wrong passwords lock a network out of a user name in every process, with Retry-After; a known browser passes", async () => {
  await addUser("laast", "reader", null);
  const known = await logIn(portal, "laast", password);
  const source = { username: "laast", address: "127.0.0.1" };
  const login = { username: "laast", password };
  await wrongPasswords(db, source, 19);
  const wrong = await visit(portal).post("/login?/password", { ...login, password: "forkert adgangskode" });
  expect(wrong.status).toBe(401);
  for (const at of [portal, other]) {
    const answer = await visit(at).post("/login?/password", login);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(14 * 60);
    expect(await answer.text()).toMatch(/låst, også med den rigtige adgangskode.*kl\. \d\d:\d\d/);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  await known.post("/logout", {});
  expect((await known.post("/login?/password", login)).status).toBe(303);
});

test("SQL, markup and zero bytes in every field are refused or stored as text, never executed", async () => {
  const [authority, admin] = [
    await logIn(portal, "authority", password),
    await logIn(portal, "admin", password),
  ];
  const hostile = [
    "'; drop table users; --",
    "' or '1'='1",
    "<script>alert(1)</script>",
    "\u0000",
    "x".repeat(5000),
  ];
  for (const text of hostile) {
    const all = (names: string[]) => Object.fromEntries(names.map((name) => [name, text]));
    const posts: [typeof admin, string, string[]][] = [
      [visit(portal), "/login?/password", ["username", "password", "next"]],
      [visit(portal), "/login?/code", ["code", "next"]],
      [admin, "/brugere/ny", ["username", "name", "email", "role", "supplierId", "scope"]],
      [authority, "/brugere/leverandoer", ["email", "telephone"]],
      [admin, "/brugere?/withdraw", ["invitation"]],
      [admin, "/noegler?/create", ["supplierId", "name", "scopes[]", "glns", "lastDay"]],
      [admin, "/noegler?/revoke", ["key"]],
      [admin, "/konto?/password", ["oldPassword", "newPassword", "passwordAgain"]],
      [admin, "/konto?/end", ["session"]],
      [authority, `/brugere/${stranger}?/grant`, ["role", "supplierId", "scope"]],
      [authority, `/brugere/${stranger}?/revoke`, ["grant"]],
    ];
    for (const [member, path, names] of posts) {
      const answer = await member.post(path, all(names));
      expect([400, 401], `${path} ${text.slice(0, 20)}`).toContain(answer.status);
      expect(await answer.text()).not.toContain("<script>alert(1)");
    }
    const encoded = encodeURIComponent(text);
    for (const path of [`/brugere/${encoded}`, `/invitation/${encoded}`]) {
      expect([404, 400], path).toContain((await authority.get(path)).status);
    }
    for (const name of ["supplierId", "subjectType", "outcome", "before", "action"]) {
      expect((await authority.get(`/journal?${name}=${encoded}`)).status, name).toBe(400);
    }
    expect((await authority.get(`/brugere?leverandoer=${encoded}`)).status).toBe(404);
  }
  expect((await authority.get("/brugere")).status).toBe(200);
}, 120_000);
