import type { Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { listJournal } from "@sor/core/journal";
import { aLocation, anEndpoint, aVendor, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { testDeps } from "../testing/index.ts";

const gln = "5790000120420";
const path = `/v1/locations/${gln}/message-types`;
let db: Database;
let own: string;
let foreign: string;
let ask: (key: string, init?: RequestInit, query?: string) => Promise<Response>;

function mayRegister(actor: Actor): Actor {
  if (actor.kind !== "key") throw new Error("a vendor's key was expected");
  return { ...actor, scopes: ["registrations:write"] };
}

beforeAll(async () => {
  db = await testDatabase();
  const [vendor, other] = [await aVendor(db), await aVendor(db)];
  await aLocation(db, { gln, supplierId: vendor.supplierId });
  own = await anEndpoint(db, { supplierId: vendor.supplierId });
  foreign = await anEndpoint(db, { supplierId: other.supplierId });
  const keys: Record<string, Actor> = {
    mine: mayRegister(vendor.key),
    other: mayRegister(other.key),
    reading: vendor.key.kind === "key" ? { ...vendor.key, scopes: ["messages:read"] } : vendor.key,
  };
  const findKey = async (key: string) => {
    const actor = keys[key];
    return actor ? ({ state: "valid", actor } as const) : ({ state: "unknown" } as const);
  };
  const app = createApp(testDeps({ db, findKey, clock: () => new Date() }));
  ask = async (key, init = {}, query = "") =>
    await app.request(path + query, {
      ...init,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...init.headers },
    });
});

const etagNow = async () => (await ask("mine")).headers.get("etag") ?? "";
const put = async (key: string, registrations: unknown, ifMatch?: string, query = "") =>
  await ask(
    key,
    {
      method: "PUT",
      body: JSON.stringify({ registrations }),
      headers: ifMatch ? { "if-match": ifMatch } : {},
    },
    query,
  );
const one = (more: object = {}) => ({ messageType: "DIS91", version: "D9134L", endpointId: own, ...more });

test("PUT and GET give the same registrations, under a new ETag; putting them again changes nothing", async () => {
  const saved = await put("mine", [one()], await etagNow());
  expect(saved.status).toBe(200);
  expect(await saved.json()).toMatchObject({ changes: [{ kind: "added", messageType: "DIS91" }] });
  const got = await ask("mine");
  expect(got.headers.get("etag")).toBe(saved.headers.get("etag"));
  const { registrations } = (await got.json()) as { registrations: Record<string, unknown>[] };
  expect(registrations).toMatchObject([
    { messageType: "DIS91", format: "EDIFACT", endpointId: own, validTo: null },
  ]);
  const again = await put("mine", registrations, await etagNow());
  expect(await again.json()).toMatchObject({ changes: [] });
});

test("PUT is refused without If-Match, and with an old one", async () => {
  const old = await etagNow();
  expect((await put("mine", [one()])).status).toBe(428);
  expect((await put("mine", [one(), one({ messageType: "DIS01", version: "D0134L" })], old)).status).toBe(
    200,
  );
  const late = await put("mine", [], old);
  expect(late.status).toBe(412);
  expect(await late.json()).toMatchObject({ code: "precondition-failed" });
  expect(((await (await ask("mine")).json()) as { registrations: unknown[] }).registrations).toHaveLength(2);
});

test("a dry run shows the result and saves nothing", async () => {
  const before = await etagNow();
  const dry = await put("mine", [], before, "?dryRun=true");
  const { changes } = (await dry.json()) as { changes: { kind: string }[] };
  expect(changes.length).toBeGreaterThan(0);
  expect(changes.every((change) => change.kind === "ended")).toBe(true);
  expect(await etagNow()).toBe(before);
});

test("a future start of a type that is received now is refused as a gap unless allowed", async () => {
  const etag = await etagNow();
  const [{ registrations }] = [
    (await (await ask("mine")).json()) as { registrations: { validFrom: string }[] },
  ];
  const [first, ...rest] = registrations;
  const from = new Date(Date.now() + 86_400_000).toISOString();
  const moved = [...rest, { ...first, validFrom: from }];
  const refused = await put("mine", moved, etag);
  expect(refused.status).toBe(400);
  const { errors } = (await refused.json()) as {
    errors: { pointer: string; code: string; detail: string }[];
  };
  expect(errors).toMatchObject([{ pointer: `/registrations/${rest.length}`, code: "gap" }]);
  expect(errors[0]?.detail).toContain(`/ ${from})`);
  const allowed = await ask(
    "mine",
    {
      method: "PUT",
      body: JSON.stringify({ registrations: moved, allowGaps: true }),
      headers: { "if-match": etag },
    },
    "?dryRun=true",
  );
  expect(allowed.status).toBe(200);
  expect(await allowed.json()).toMatchObject({
    warnings: expect.arrayContaining([expect.objectContaining({ code: "gap" })]),
  });
  expect(await etagNow()).toBe(etag);
});

test("another vendor's location number is refused and recorded in the journal, and so is a read-only key", async () => {
  const etag = await etagNow();
  for (const key of ["other", "reading"]) {
    expect((await put(key, [], etag)).status).toBe(403);
  }
  const refused = await listJournal(db, { gln, outcome: "refused", limit: 10 });
  expect(refused.map((entry) => entry.action)).toEqual(["registration.edit", "registration.edit"]);
  expect(await etagNow()).toBe(etag);
});

test("each error is reported with its place in the body", async () => {
  const etag = await etagNow();
  const wrong = await put(
    "mine",
    [one(), one({ messageType: "DIS02", version: "D0234L", endpointId: foreign })],
    etag,
  );
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({
    errors: [{ pointer: "/registrations/1", code: "foreign-endpoint" }],
  });
  const sql = "'; drop table registrations; --";
  const broken = await put("mine", [one({ messageType: sql })], etag);
  expect(await broken.json()).toMatchObject({ errors: [{ pointer: "/registrations/0/messageType" }] });
  const many = await put(
    "mine",
    Array.from({ length: 501 }, () => one()),
    etag,
  );
  expect(many.status).toBe(400);
  const unheard = await put("mine", [one({ unheardOf: 1 })], etag);
  expect(await unheard.json()).toMatchObject({ errors: [{ pointer: "/registrations/0/unheardOf" }] });
  expect(await etagNow()).toBe(etag);
});
