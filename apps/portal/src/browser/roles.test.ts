import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoUser, type GrantScope, type Role } from "@sor/core/access";
import { createSupplier } from "@sor/core/endpoints";
import { listJournal } from "@sor/core/journal";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterAll, expect, test } from "vitest";
import { logIn, visit } from "../testing/member.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
afterAll(() => closeDatabase(db));
const portal = await startPortal(url);
const password = "en lang sætning til test";
const system = createContext(db, { kind: "system", job: "test" }, new Date());
const vendor = { sorCode: null, email: null, telephone: null };
const ours = (await createSupplier(system, { ...vendor, name: "Ours" })).id;
const theirs = (await createSupplier(system, { ...vendor, name: "Theirs" })).id;

async function addUser(username: string, role: Role, supplierId: string | null): Promise<string> {
  const scope: GrantScope = supplierId === null ? { kind: "all" } : { kind: "supplier", supplierId };
  const names = { username, name: username, email: `${username}@example.org` };
  return (await createDemoUser(system, { ...names, password, role, scope, supplierId })).userId;
}

await addUser("authority", "authority", null);
await addUser("authority2", "authority", null);
const own = await addUser("admin", "vendor-administrator", ours);
const stranger = await addUser("stranger", "vendor-administrator", theirs);
const lastEntries = (limit: number) => listJournal(db, { limit });
const linkIn = (html: string) => /\/invitation\/[A-Za-z0-9_-]{43}/.exec(html)?.[0] ?? "no link";

test("a vendor's administrator can neither see nor change another vendor's user (404); the attempts are journalled", async () => {
  const admin = await logIn(portal, "admin", password);
  const [unknown, foreign] = await Promise.all(
    ["01920000-0000-7000-8000-000000000000", stranger].map(async (id) => {
      const answer = await admin.get(`/brugere/${id}`);
      return [answer.status, /<h1[^>]*>[^<]*/.exec(await answer.text())?.[0]];
    }),
  );
  expect(foreign).toEqual(unknown);
  expect(foreign?.[0]).toBe(404);
  expect(await (await admin.get(`/brugere?leverandoer=${theirs}`)).text()).not.toContain("stranger");
  const role = { role: "vendor-editor", supplierId: ours };
  for (const [action, fields] of [
    ["deactivate", {}],
    ["reactivate", {}],
    ["reset", {}],
    ["grant", role],
  ] as const) {
    expect((await admin.post(`/brugere/${stranger}?/${action}`, fields)).status, action).toBe(404);
    expect((await lastEntries(1))[0]).toMatchObject({
      outcome: "refused",
      subjectId: stranger,
      actorName: "admin",
    });
  }
  const invitation = { username: "spion", name: "S", email: "s@example.org", role: "vendor-editor" };
  expect((await admin.post("/brugere/ny", { ...invitation, supplierId: theirs })).status).toBe(403);
  // The permission is checked before the date is validated.
  const key = { supplierId: theirs, name: "k", "scopes[]": "messages:read", lastDay: "01-01-2001" };
  expect((await admin.post("/noegler?/create", key)).status).toBe(403);
  expect((await lastEntries(3)).map((entry) => entry.outcome)).toEqual(Array(3).fill("refused"));
  await logIn(portal, "stranger", password);
  const authority = await logIn(portal, "authority", password);
  const journal = await (await authority.get("/journal?outcome=refused")).text();
  expect(journal).toContain(stranger);
  expect(journal).toContain("Afvist");
  expect((await admin.get("/journal")).status).toBe(403);
});

test("a vendor's administrator cannot grant a role that reaches outside the vendor, to a colleague or to themselves", async () => {
  const admin = await logIn(portal, "admin", password);
  const colleague = await addUser("kollega", "reader", ours);
  const before = Number((await db.$client.query("select count(*) from grants")).rows[0]?.count);
  const roles = [
    { role: "authority", supplierId: ours },
    { role: "region", supplierId: ours, scope: "1000000000000007" },
    { role: "reader", supplierId: "" },
    { role: "vendor-editor", supplierId: theirs },
  ];
  for (const role of roles) {
    for (const id of [colleague, own]) {
      expect((await admin.post(`/brugere/${id}?/grant`, role)).status, role.role).not.toBe(303);
    }
    const invitation = { username: "udefra", name: "U", email: "u@example.org", ...role };
    expect((await admin.post("/brugere/ny", invitation)).status, role.role).not.toBe(200);
  }
  expect((await admin.post(`/brugere/${own}?/grant`, { role: "reader", supplierId: ours })).status).toBe(403);
  expect(Number((await db.$client.query("select count(*) from grants")).rows[0]?.count)).toBe(before);
  const refused = (await lastEntries(20)).filter(
    ({ action, outcome }) => action === "role.grant" && outcome === "refused",
  );
  expect(refused.map(({ subjectId }) => subjectId)).toEqual(expect.arrayContaining([colleague, own]));
});

test("a role that reaches outside one vendor is pending until another user of the authority approves it", async () => {
  const [first, second] = [
    await logIn(portal, "authority", password),
    await logIn(portal, "authority2", password),
  ];
  const reader = {
    username: "ny.laeser",
    name: "Ny Læser",
    email: "ny@example.org",
    role: "reader",
    supplierId: "",
  };
  const invited = await (await first.post("/brugere/ny", reader)).text();
  expect(invited).toContain("skal en anden fra registermyndigheden godkende rollen");
  await visit(portal).post(linkIn(invited), { password, passwordAgain: password });
  const newcomer = await logIn(portal, "ny.laeser", password);
  expect((await newcomer.get("/meddelelser")).status).toBe(403);
  const html = await (await first.get("/brugere")).text();
  expect(html).toContain("Du har selv bedt om rollen");
  const id = /name="request" value="([^"]+)"/.exec(html)?.[1] ?? "";
  expect((await first.post("/brugere?/approve", { request: id })).status).toBe(400);
  expect(await (await second.get("/start")).text()).toContain("Roller til godkendelse");
  const done = await second.post("/brugere?/approve", { request: id });
  expect(done.headers.get("location")).toBe("/brugere?godkendt");
  expect(await (await second.get("/brugere?godkendt")).text()).toContain("Rollen er godkendt");
  expect((await newcomer.get("/meddelelser")).status).toBe(200);
  const invitedToo = await (await first.post("/brugere/ny", { ...reader, username: "ny.laeser2" })).text();
  await visit(portal).post(linkIn(invitedToo), { password, passwordAgain: password });
  const waiting = await (await second.get("/brugere")).text();
  const other = /name="request" value="([^"]+)"/.exec(waiting)?.[1] ?? "";
  const no = await second.post("/brugere?/decline", { request: other });
  expect(no.headers.get("location")).toBe("/brugere?afvist");
  expect(await (await second.get("/brugere")).text()).not.toContain('name="request"');
});

test("an invitation does not reveal that another vendor has the user name; the invited person chooses another", async () => {
  const admin = await logIn(portal, "admin", password);
  const fields = {
    username: "stranger",
    name: "Ny",
    email: "ny@example.org",
    role: "reader",
    supplierId: ours,
  };
  const answer = await admin.post("/brugere/ny", fields);
  expect(answer.status).toBe(200);
  const link = linkIn(await answer.text());
  const invited = visit(portal);
  const form = { password, passwordAgain: password };
  const taken = await invited.post(link, { ...form, username: "stranger" });
  expect([taken.status, (await taken.text()).includes("Brugernavnet er optaget. Vælg et andet.")]).toEqual([
    400,
    true,
  ]);
  expect((await invited.post(link, { ...form, username: "min.egen" })).status).toBe(303);
  await logIn(portal, "min.egen", password);
});

test("the authority deactivates a vendor: its users are signed out, refused with the reason, and back when it is active again", async () => {
  const vendorId = (await createSupplier(system, { ...vendor, name: "Nordlys" })).id;
  await addUser("nora", "vendor-administrator", vendorId);
  const [authority, nora] = [
    await logIn(portal, "authority", password),
    await logIn(portal, "nora", password),
  ];
  const form = { vendor: vendorId };
  expect((await nora.post("/brugere?/deactivateVendor", form)).status).toBe(403);
  const done = await authority.post("/brugere?/deactivateVendor", form);
  expect(done.headers.get("location")).toBe(`/brugere?leverandoer=${vendorId}&deaktiveret`);
  expect(await (await authority.get(`/brugere?leverandoer=${vendorId}`)).text()).toContain(
    "Leverandøren er deaktiveret",
  );
  expect((await nora.get("/konto")).headers.get("location")).toBe("/login?next=%2Fkonto");
  const login = { username: "nora", password };
  const refused = await nora.post("/login?/password", login);
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain("Jeres leverandør er deaktiveret i registret");
  const english = await nora.post("/login?/password&lang=en", login);
  expect(await english.text()).toContain("Your vendor is deactivated in the register");
  expect((await nora.post("/login?/password", { ...login, password: "forkert kode" })).status).toBe(401);
  expect((await authority.post("/brugere?/reactivateVendor", form)).status).toBe(303);
  expect((await nora.post("/login?/password", login)).status).toBe(303);
});
