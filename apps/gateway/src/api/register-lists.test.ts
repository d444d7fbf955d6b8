import { createContext, type Database } from "@sor/core";
import { actorForKey, createKey, type Scope } from "@sor/core/access";
import { completeGln, makeSorId, SorId } from "@sor/core/identifiers";
import { listJournal } from "@sor/core/journal";
import { anOrganisation, aVendor, routingSamples, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

const now = new Date(routingSamples.now * 1000);
const [region, hospital, stranger] = [1, 2, 3].map((n) => SorId.parse(makeSorId(n))) as [SorId, SorId, SorId];
const nth = (item: number) => completeGln(`5790009${String(item).padStart(5, "0")}`);
let db: Database;
let origin: string;
let keys: Record<"authority" | "region" | "vendor", string>;

beforeAll(async () => {
  db = await testDatabase();
  const { supplierId } = await aVendor(db);
  const system = createContext(db, { kind: "system", job: "test" }, now);
  const expiresAt = new Date(now.getTime() + 86_400_000);
  const scopes: Scope[] = ["register:write"];
  const aKey = async (registerPart?: SorId | "all") => {
    const wanted = { supplierId, name: registerPart ?? "own", scopes, glns: null, registerPart, expiresAt };
    return (await createKey(system, wanted)).key;
  };
  keys = { authority: await aKey("all"), region: await aKey(region), vendor: await aKey() };
  await anOrganisation(db, { sorId: region });
  await anOrganisation(db, { sorId: hospital, level: "institution", parentSorId: region });
  await anOrganisation(db, { sorId: stranger });
  const server = createGatewayServer(testDeps({ db, findKey: (key, at) => actorForKey(db, key, at) }));
  origin = await listen(server, 0, "127.0.0.1");
  return () => closeServer(server);
});

async function ask(as: keyof typeof keys, method: string, path: string, body?: object, more: object = {}) {
  const headers = { authorization: `Bearer ${keys[as]}`, "content-type": "application/json", ...more };
  const bytes = body && { body: Buffer.from(JSON.stringify(body)) };
  const answer = await askOver(origin, { method, path, headers, ...bytes });
  const json = JSON.parse(answer.body || "null") as Record<string, unknown>;
  return { status: answer.status, headers: answer.headers, json };
}

test("a level is read by all, and added, ended and coded by the authority with the present ETag", async () => {
  const path = "/v1/organisational-levels";
  const listed = (await ask("vendor", "GET", path)).json.items as { name: string }[];
  const names = ["Hospital", "Hospitalsområde", "Center", "Overafdeling", "Afdeling", "Afsnit"];
  expect(listed.map(({ name }) => name)).toEqual(names);
  for (const as of ["vendor", "region"] as const) {
    expect((await ask(as, "POST", path, { name: "Klinik", position: 7 })).status).toBe(403);
  }
  const made = await ask("authority", "POST", path, { name: "Klinik", position: 7 });
  expect(made.status).toBe(201);
  const own = String(made.headers.location);
  const read = await ask("vendor", "GET", own);
  const changed = { ...read.json, code: "22232009", expiresOn: "2027-12-31" };
  expect((await ask("authority", "PUT", own, changed)).status).toBe(428);
  const ifMatch = { "if-match": String(read.headers.etag) };
  expect((await ask("region", "PUT", own, changed, ifMatch)).status).toBe(403);
  expect((await ask("authority", "PUT", own, changed, ifMatch)).json).toEqual(changed);
  expect((await ask("authority", "PUT", own, changed, ifMatch)).status).toBe(412);
  const recoded = await ask("authority", "PUT", own, { ...changed, code: "394761003" }, { "if-match": "*" });
  expect([recoded.status, recoded.json]).toMatchObject([
    400,
    { errors: [{ pointer: "/code", code: "fixed" }] },
  ]);
  const twin = await ask("authority", "POST", path, { name: "Klinik", position: 1 });
  expect(twin.status).toBe(409);
});

test("a region's program gets a number for its unit once, whatever is repeated, and none for another's", async () => {
  const range = { prefix: "5790009", from: 0, to: 9 };
  expect((await ask("region", "POST", "/v1/gln-ranges", range)).status).toBe(403);
  const made = await ask("authority", "POST", "/v1/gln-ranges", range);
  expect([made.status, made.json]).toMatchObject([201, { ...range, remaining: 10, isOpen: true }]);
  const twin = await ask("authority", "POST", "/v1/gln-ranges", { ...range, from: 9, to: 20 });
  expect(twin.status).toBe(409);
  const backwards = await ask("authority", "POST", "/v1/gln-ranges", { ...range, from: 9, to: 8 });
  expect(backwards.json).toMatchObject({
    errors: [{ pointer: "/to", detail: "rækken slutter, før den begynder" }],
  });

  const wanted = { holder: "Afsnit 1", unitSorId: hospital };
  const once = { "idempotency-key": "first" };
  const given = await ask("region", "POST", "/v1/gln/$allocate", wanted, once);
  expect(given.json).toEqual({ ...wanted, gln: nth(0), state: "allocated", reservedUntil: null });
  const again = await ask("region", "POST", "/v1/gln/$allocate", wanted, once);
  expect([again.json, again.headers["idempotent-replayed"]]).toEqual([given.json, "true"]);
  const elsewhere = { ...wanted, unitSorId: stranger };
  expect((await ask("region", "POST", "/v1/gln/$allocate", elsewhere)).status).toBe(403);
  expect((await ask("vendor", "POST", "/v1/gln/$allocate", wanted)).status).toBe(403);
  expect((await ask("vendor", "GET", "/v1/gln")).status).toBe(403);
  expect((await ask("region", "GET", `/v1/gln/${nth(0)}`)).json).toEqual(given.json);
  expect((await ask("region", "GET", `/v1/gln/${nth(1)}`)).status).toBe(404);
});

test("a reserved number is released or allocated by its number, and a retired one never comes again", async () => {
  const wanted = { holder: "Nyt hus", unitSorId: hospital, reservedUntil: "2027-06-01" };
  const reserve = async () => (await ask("region", "POST", "/v1/gln/$reserve", wanted)).json;
  const [first, second] = [await reserve(), await reserve()];
  expect([first, second]).toMatchObject([{ gln: nth(1), state: "reserved" }, { gln: nth(2) }]);
  const named = { holder: "Nyt hus", unitSorId: hospital, gln: first.gln };
  expect((await ask("region", "POST", "/v1/gln/$allocate", named)).json).toMatchObject({
    state: "allocated",
  });
  const released = await ask("region", "POST", `/v1/gln/${second.gln}/$release`);
  expect([released.status, released.json]).toMatchObject([200, { state: "released", holder: null }]);
  const wrong = await ask("region", "POST", `/v1/gln/${first.gln}/$release`);
  expect([wrong.status, wrong.json]).toMatchObject([409, { details: { state: "allocated" } }]);
  expect((await ask("region", "POST", `/v1/gln/${first.gln}/$retire`)).json).toMatchObject({
    state: "retired",
  });
  expect((await ask("region", "POST", "/v1/gln/$allocate", named)).status).toBe(409);
  const retired = await ask("authority", "GET", "/v1/gln?state=retired");
  expect(retired.json).toMatchObject({ items: [{ gln: nth(1) }], next: null });
  const [entry] = await listJournal(db, { limit: 1, gln: String(first.gln), outcome: "done" });
  expect(entry).toMatchObject({ actorKind: "key", action: "location.edit", after: { state: "retired" } });
});

test("a range is closed with its ETag, which giving out numbers leaves as it is", async () => {
  const [range] = (await ask("authority", "GET", "/v1/gln-ranges")).json.items as { id: string }[];
  const path = `/v1/gln-ranges/${range?.id}`;
  const ifMatch = { "if-match": String((await ask("region", "GET", path)).headers.etag) };
  expect(
    (await ask("region", "POST", "/v1/gln/$allocate", { holder: "A", unitSorId: hospital })).status,
  ).toBe(201);
  const closing = { isOpen: false, note: "brugt" };
  expect((await ask("region", "PUT", path, closing, ifMatch)).status).toBe(403);
  expect((await ask("authority", "PUT", path, closing, ifMatch)).json).toMatchObject(closing);
  expect((await ask("authority", "PUT", path, closing, ifMatch)).status).toBe(412);
  // The released number is left; then nothing is.
  const left = () => ask("region", "POST", "/v1/gln/$allocate", { holder: "A", unitSorId: hospital });
  expect((await left()).json).toMatchObject({ gln: nth(2) });
  expect([(await left()).status, (await left()).json]).toMatchObject([
    409,
    { details: { fault: "used-up" } },
  ]);
});
