import { createContext, type Database } from "@sor/core";
import { actorForKey, createKey, type Scope } from "@sor/core/access";
import { createSupplier } from "@sor/core/endpoints";
import { allocateNumber, createRange } from "@sor/core/location-numbers";
import { createOrganisationalLevel } from "@sor/core/organisational-levels";
import { aVendor, routingSamples, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

const now = new Date(routingSamples.now * 1000);
type Entry = { sequence: number; action: string; subjectType: string; hash: string };
let db: Database;
let origin: string;
let keys: Record<"authority" | "vendor", string>;
let gln: string;

beforeAll(async () => {
  db = await testDatabase();
  const { supplierId } = await aVendor(db);
  const system = createContext(db, { kind: "system", job: "nightly" }, now);
  const expiresAt = new Date(now.getTime() + 86_400_000);
  const scopes: Scope[] = ["journal:read"];
  const key = { supplierId, name: "revision", scopes, glns: null, expiresAt };
  keys = {
    authority: (await createKey(system, { ...key, registerPart: "all" })).key,
    vendor: (await createKey(system, key)).key,
  };
  await createRange(system, { prefix: "5790009", from: 0, to: 9, note: null });
  ({ gln } = await allocateNumber(system, { holder: "A", unitSorId: null }));
  await createOrganisationalLevel(system, { code: null, name: "Klinik", position: 7, expiresOn: null });
  const fields = { sorCode: null, email: null, telephone: null, isActive: true };
  const old = createContext(db, { kind: "system", job: '=1+1, "x"' }, new Date("2026-03-31T21:59:59Z"));
  await createSupplier(old, { ...fields, name: "Gammel" });
  const server = createGatewayServer(testDeps({ db, findKey: (text, at) => actorForKey(db, text, at) }));
  origin = await listen(server, 0, "127.0.0.1");
  return () => closeServer(server);
});

async function ask(
  path: string,
  { as = "authority" as keyof typeof keys, accept = "*/*", body = undefined as unknown } = {},
) {
  const headers = { authorization: `Bearer ${keys[as]}`, accept, "content-type": "application/json" };
  const sent = body === undefined ? {} : { method: "POST", body: Buffer.from(JSON.stringify(body)) };
  return await askOver(origin, { path, headers, ...sent });
}

const found = async (query: string) =>
  (JSON.parse((await ask(`/v1/audit?${query}`)).body) as { items: Entry[] }).items;

test("only a key with the whole register and the scope reads or checks the journal", async () => {
  expect((await ask("/v1/audit")).status).toBe(200);
  expect((await ask("/v1/audit", { as: "vendor" })).status).toBe(403);
  expect((await ask("/v1/audit/$verify", { as: "vendor", body: {} })).status).toBe(403);
});

test.each([
  ["subjectType=location-number", ["location.edit"]],
  ["action=register.configure", ["register.configure", "register.configure"]],
  ["action=register.configure&subjectType=organisational-level", ["register.configure"]],
  ["actorId=nightly&action=location.edit", ["location.edit"]],
  ["who=NIGHT&limit=1", ["register.configure"]],
  ["fromDay=2026-03-31&toDay=2026-03-31", ["supplier.edit"]],
  ["toDay=2026-03-30", []],
  ["outcome=refused", []],
  ["sorId=311000016009", []],
])("entries are found by %s", async (query, actions) => {
  expect((await found(query)).map(({ action }) => action)).toEqual(actions);
});

test("entries are found by location number, and by their subject", async () => {
  for (const query of [`gln=${gln}`, `subjectId=${gln}`]) {
    expect(await found(query)).toMatchObject([{ subjectType: "location-number", action: "location.edit" }]);
  }
});

test("pages continue without gaps in every form, and CSV is safe to open in a spreadsheet", async () => {
  const all = await found("limit=1000");
  const seen: number[] = [];
  let next: string | undefined = "/v1/audit?limit=2";
  while (next !== undefined) {
    const answer = await ask(next, { accept: "application/x-ndjson" });
    expect(answer.headers["content-type"]).toMatch(/ndjson/);
    const lines = answer.body.trimEnd().split("\n");
    seen.push(...lines.map((line) => (JSON.parse(line) as Entry).sequence));
    next = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1];
  }
  expect(seen).toEqual(all.map(({ sequence }) => sequence));
  const csv = await ask("/v1/audit?fromDay=2026-03-31&toDay=2026-03-31", { accept: "text/csv" });
  expect(csv.headers["content-type"]).toMatch(/^text\/csv/);
  const [head, row, rest] = csv.body.split("\r\n");
  expect(head).toMatch(/^sequence,at,actorKind,actorId,actorName,/);
  expect(row).toContain(`,system,"'=1+1, ""x""","'=1+1, ""x""",`);
  expect(rest).toBe("");
});

test("the chain verifies, in parts too, and an altered or rewritten entry is named", async () => {
  const check = async (body: object) =>
    JSON.parse((await ask("/v1/audit/$verify", { body })).body) as Record<string, unknown>;
  const [newest] = await found("limit=1");
  const { sequence, hash } = newest as Entry;
  const anchor = { sequence, hash };
  expect(await check({})).toEqual({ intact: true, entries: sequence, sequence, hash, next: null });
  expect(await check({ from: 2, to: 3, anchor })).toMatchObject({ intact: true, entries: 2, sequence: 3 });
  const rewritten = await check({ anchor: { sequence, hash: "0".repeat(64) } });
  expect(rewritten).toMatchObject({ intact: false, why: "not as noted" });
  expect(await check({ from: 3, to: 2 })).toMatchObject({ errors: [{ pointer: "/to" }] });
  await db.$client.query("update journal_entries set subject_id = 'x' where sequence = 2");
  expect(await check({})).toMatchObject({ intact: false, sequence: 2, why: "altered" });
});
