import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { createDemoUser } from "@sor/core/access";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterAll, expect, test } from "vitest";
import { authenticatorCode } from "../testing/authenticator.ts";
import { logIn, visit } from "../testing/member.ts";
import { startPortal } from "../testing/portal.ts";

const url = await testDatabaseUrl();
const db = openDatabase(url);
afterAll(() => closeDatabase(db));
const portal = await startPortal(url);
const password = "en lang sætning til test";
const names = { username: "totrin", name: "To Trin", email: "totrin@example.org" };
await createDemoUser(createContext(db, { kind: "system", job: "test" }, new Date()), {
  ...names,
  password,
  role: "reader",
  scope: { kind: "all" },
  supplierId: null,
});

const keyOf = (uri: string) => new URL(uri).searchParams.get("secret") ?? "";

test("a second factor is set up on the account page and required from then on; a backup code works once", async () => {
  const member = await logIn(portal, "totrin", password);
  expect(await (await member.get("/konto")).text()).toContain('href="/konto/totrinslogin"');
  const wrong = await member.post("/konto/totrinslogin?/prepare", { password: "forkert adgangskode" });
  expect([wrong.status, (await wrong.text()).includes("ikke din nuværende")]).toEqual([400, true]);
  const prepared = await member.post("/konto/totrinslogin?/prepare", { password });
  expect(prepared.headers.get("cache-control")).toBe("no-store");
  const html = await prepared.text();
  const uri = (/name="uri" value="([^"]+)"/.exec(html)?.[1] ?? "").replaceAll("&amp;", "&");
  const codes = [...html.matchAll(/name="backupCodes\[\]" value="([^"]+)"/g)].map(([, code = ""]) => code);
  expect(html).toContain("<path");
  expect(codes.length).toBeGreaterThan(5);
  const early = await member.post("/konto/totrinslogin?/confirm", { uri, code: "000000" });
  const earlyHtml = await early.text();
  expect([early.status, earlyHtml.includes("forkert eller for gammel")]).toEqual([400, true]);
  expect(earlyHtml).toContain("<path");
  const done = await member.post("/konto/totrinslogin?/confirm", {
    uri,
    code: authenticatorCode(keyOf(uri)),
  });
  expect(done.headers.get("location")).toBe("/konto/totrinslogin?til");
  const page = await (await member.get("/konto/totrinslogin")).text();
  expect(page).toContain(`${codes.length} nødkoder er tilbage`);
  for (const secret of [...codes, keyOf(uri)]) expect(page).not.toContain(secret);

  const login = visit(portal);
  const half = await login.post("/login?/password", { username: "totrin", password, next: "/konto" });
  expect(half.headers.get("location")).toBe("/login?kode&next=%2Fkonto");
  expect((await login.get("/konto")).status).toBe(303);
  const lost = await login.post("/login?/code", { code: codes[0] ?? "", next: "/konto" });
  expect(lost.headers.get("location")).toBe("/konto");
  expect(await (await login.get("/konto/totrinslogin")).text()).toContain(`${codes.length - 1} nødkoder`);
  const off = await login.post("/konto/totrinslogin?/remove", { password });
  expect(off.headers.get("location")).toBe("/konto/totrinslogin?fra");
  await logIn(portal, "totrin", password);
});
