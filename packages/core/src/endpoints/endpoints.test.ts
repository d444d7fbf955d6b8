import { createSecretKey } from "node:crypto";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import type { Actor } from "../permissions/index.ts";
import { testDatabase } from "../testing/index.ts";
import { heldKeyring, holdKeyring } from "../vault/index.ts";
import {
  createEndpoint,
  createSupplier,
  createSystem,
  dropOldSecrets,
  endOldSecrets,
  getEndpoint,
  isPaused,
  listEndpointChoices,
  listEndpoints,
  pauseEndpoint,
  resumeEndpoint,
  rotateSigningSecret,
  sealSigningSecrets,
  secretsInForce,
  setNetOperator,
  updateEndpoint,
  updateSystem,
} from "./index.ts";
import { EndpointFields, SupplierFields, SystemFields } from "./schemas.ts";
import { endpoints } from "./tables.ts";

const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let root: Context;
let a: string;
let b: string;

const vendor = (supplierId: string, name = "vendor"): Actor => ({
  kind: "user",
  id: `user-of-${supplierId}`,
  name,
  supplierId,
  grants: [
    { role: "vendor-editor", scope: { kind: "supplier", supplierId }, validFrom: new Date(0), validTo: null },
  ],
});
const as = (actor: Actor, at = now) => createContext(db, actor, at);
const webhook = (supplierId: string, name: string, address = "https://edi.example.dk/in") =>
  EndpointFields.parse({ supplierId, name, transport: "webhook", address });

beforeAll(async () => {
  db = await testDatabase();
  root = createContext(db, { kind: "system", job: "test" }, now);
  a = (await createSupplier(root, SupplierFields.parse({ name: "Leverandør A" }))).id;
  b = (await createSupplier(root, SupplierFields.parse({ name: "Leverandør B" }))).id;
});

test("a webhook's secret has the Standard Webhooks form, is shown once, and is in no read and no journal entry", async () => {
  const ctx = as(vendor(a));
  const { endpoint, secret } = await createEndpoint(ctx, webhook(a, "Modtager 1"));
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const rotated = await rotateSigningSecret(ctx, { id: endpoint.id });
  expect(rotated.secret).not.toBe(secret);
  expect(rotated.endpoint.signingSecrets).toMatchObject([{ endsAt: null }, { madeAt: now.toISOString() }]);
  expect((await dropOldSecrets(ctx, { id: endpoint.id })).signingSecrets).toHaveLength(1);
  const read = JSON.stringify([
    await listEndpoints(ctx, { supplierId: a }),
    await listJournal(db, { limit: 100 }),
  ]);
  expect(read).not.toMatch(/whsec_|sealed/);
});

describe("overlapping signing secrets", () => {
  const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);
  const secretsOf = async (id: string, at: Date) => {
    const [row] = await db.select().from(endpoints).where(eq(endpoints.id, id));
    return secretsInForce(row?.secrets ?? [], at);
  };

  test("each sign until their end, and are then removed by the scheduled job, once", async () => {
    const { endpoint, secret: first } = await createEndpoint(as(vendor(a)), webhook(a, "Rotation"));
    const { id } = endpoint;
    const { secret: second } = await rotateSigningSecret(as(vendor(a)), { id, overlapHours: 48 });
    const third = await rotateSigningSecret(as(vendor(a), hours(1)), { id, overlapHours: 24 });
    expect(third.endpoint.signingSecrets.map(({ endsAt }) => endsAt)).toEqual([
      null,
      hours(25).toISOString(),
      hours(48).toISOString(),
    ]);
    for (const [at, expected] of [
      [hours(24), [third.secret, second, first]],
      [hours(25), [third.secret, first]],
      [hours(48), [third.secret]],
    ] as const) {
      expect(await secretsOf(id, new Date(at.getTime()))).toEqual(expected);
    }
    const clock = (at: Date) => createContext(db, { kind: "system", job: "probe" }, at);
    expect(await endOldSecrets(clock(new Date(hours(25).getTime() - 1)))).toBe(0);
    expect(await endOldSecrets(clock(hours(25)))).toBe(1);
    expect(await endOldSecrets(clock(hours(25)))).toBe(0);
    expect(await secretsOf(id, now)).toEqual([third.secret, first]);
    expect(await endOldSecrets(clock(hours(48)))).toBe(1);
  });

  test("are five at most; with no overlap all previous ones end at once", async () => {
    const { endpoint } = await createEndpoint(as(vendor(a)), webhook(a, "Mange"));
    const { id } = endpoint;
    for (let count = 0; count < 4; count += 1)
      await rotateSigningSecret(as(vendor(a)), { id, overlapHours: 10 - count });
    await expect(rotateSigningSecret(as(vendor(a)), { id })).rejects.toMatchObject({
      details: { fault: "too-many-secrets", most: 5, endsAt: hours(7).toISOString() },
    });
    expect((await rotateSigningSecret(as(vendor(a), hours(7)), { id })).endpoint.signingSecrets).toHaveLength(
      5,
    );
    const { secret } = await rotateSigningSecret(as(vendor(a)), { id, overlapHours: 0 });
    expect(await secretsOf(id, now)).toEqual([secret]);
  });
});

test("signing secrets are sealed under the newest key, including unsealed ones from before", async () => {
  const { endpoint, secret } = await createEndpoint(as(vendor(a)), webhook(a, "Fra før"));
  const isThis = eq(endpoints.id, endpoint.id);
  await db
    .update(endpoints)
    .set({ secrets: [{ sealed: secret ?? "", madeAt: null, endsAt: null }] })
    .where(isThis);
  expect(await sealSigningSecrets(root)).toBe(1);
  const { payload, index } = heldKeyring();
  const older = index[0];
  holdKeyring({ payload, index: [{ id: "newer", key: createSecretKey(Buffer.alloc(32, 3)) }, older] });
  try {
    expect(await sealSigningSecrets(root)).toBeGreaterThan(1);
    expect(await sealSigningSecrets(root)).toBe(0);
    holdKeyring({ payload, index: [{ id: "newer", key: createSecretKey(Buffer.alloc(32, 3)) }] });
    const [row] = await db.select().from(endpoints).where(isThis);
    expect(secretsInForce(row?.secrets ?? [], now)).toEqual([secret]);
    expect(JSON.stringify(row)).not.toContain("whsec_");
  } finally {
    holdKeyring({ payload, index });
  }
});

test("changing the address resets the verification, and the ETag of an edit ignores measurements", async () => {
  const { endpoint } = await createEndpoint(as(vendor(a)), webhook(a, "Flyttet"));
  const measured = { lastVerifiedAt: now, certificateSha256: "ab", certificateExpiresAt: now };
  await db.update(endpoints).set(measured).where(eq(endpoints.id, endpoint.id));
  const fields = { ...webhook(a, "Flyttet", "https://ny.example.dk/in"), probeWith: "head" as const };
  const moved = await updateEndpoint(as(vendor(a)), { id: endpoint.id, fields, etag: endpoint.etag });
  expect(moved.endpoint).toMatchObject({
    lastVerifiedAt: null,
    certificateSha256: null,
    addressSince: now,
    probeWith: "head",
  });
});

test.each([
  ["http://edi.example.dk/in", "not-https"],
  ["https://10.1.2.3/in", "not-public"],
  ["https://127.0.0.1/in", "own-machine"],
  ["'; drop table endpoints; --", "not-an-address"],
])("a webhook at %s is refused as %s", async (address, fault) => {
  const creating = createEndpoint(as(vendor(a)), webhook(a, `Bad ${fault}`, address));
  await expect(creating).rejects.toMatchObject({ code: "invalid", details: { field: "address", fault } });
});

test("a mailbox has no address and no secret; it gets a secret when it becomes a webhook", async () => {
  const ctx = as(vendor(a));
  const fields = EndpointFields.parse({ supplierId: a, name: "Postkasse", transport: "mailbox" });
  const { endpoint, secret } = await createEndpoint(ctx, fields);
  expect(secret).toBeNull();
  const named = { ...fields, address: "https://edi.example.dk" };
  await expect(updateEndpoint(ctx, { id: endpoint.id, fields: named })).rejects.toMatchObject({
    code: "invalid",
  });
  const turned = { ...named, transport: "webhook" as const };
  const changed = await updateEndpoint(ctx, { id: endpoint.id, fields: turned, etag: endpoint.etag });
  expect(changed.secret).toMatch(/^whsec_/);
  const late = updateEndpoint(ctx, { id: endpoint.id, fields: turned, etag: endpoint.etag });
  await expect(late).rejects.toMatchObject({ code: "conflict" });
});

test("another supplier's endpoint is neither shown, changed nor created; the attempts are journalled", async () => {
  const { endpoint } = await createEndpoint(as(vendor(a)), webhook(a, "Fremmed"));
  const other = as(vendor(b));
  await expect(getEndpoint(other, { id: endpoint.id })).rejects.toMatchObject({ code: "not-allowed" });
  await expect(listEndpoints(other, { supplierId: a })).rejects.toMatchObject({ code: "not-allowed" });
  await expect(pauseEndpoint(other, { id: endpoint.id, until: null, reason: null })).rejects.toMatchObject({
    code: "not-allowed",
  });
  await expect(createEndpoint(other, webhook(a, "Indsmuglet"))).rejects.toMatchObject({
    code: "not-allowed",
  });
  const refused = await listJournal(db, { outcome: "refused", actorId: `user-of-${b}`, limit: 10 });
  expect(refused.map((entry) => entry.action)).toEqual(["endpoint.edit", "endpoint.edit"]);
  const anonymous = as({ kind: "anonymous" });
  await expect(listEndpoints(anonymous, { supplierId: a })).rejects.toMatchObject({ code: "not-signed-in" });
});

test("an endpoint's system belongs to the same supplier", async () => {
  const system = await createSystem(root, SystemFields.parse({ supplierId: b, name: "B-journal" }));
  const creating = createEndpoint(as(vendor(a)), { ...webhook(a, "Skævt system"), systemId: system.id });
  await expect(creating).rejects.toMatchObject({ code: "invalid", details: { field: "systemId" } });
});

test("a pause with an end expires automatically, one without lasts until it is resumed", async () => {
  const ctx = as(vendor(a));
  const { endpoint } = await createEndpoint(ctx, webhook(a, "Pauset"));
  const until = new Date("2026-03-01T12:00:00Z");
  const paused = await pauseEndpoint(ctx, { id: endpoint.id, until, reason: "Servicevindue" });
  expect(isPaused(paused, new Date("2026-03-01T11:59:59Z"))).toBe(true);
  expect(isPaused(paused, until)).toBe(false);
  const open = await pauseEndpoint(ctx, { id: endpoint.id, until: null, reason: null });
  expect(isPaused(open, new Date("2036-01-01"))).toBe(true);
  const resumed = await resumeEndpoint(ctx, { id: endpoint.id });
  expect(resumed).toMatchObject({ state: "active", pausedUntil: null, pauseReason: null });
  await expect(pauseEndpoint(ctx, { id: endpoint.id, until: now, reason: null })).rejects.toMatchObject({
    code: "invalid",
  });
});

test("two endpoints of one supplier with the same name are a conflict, and another supplier may use the name", async () => {
  await createEndpoint(as(vendor(a)), webhook(a, "Samme navn"));
  const again = createEndpoint(as(vendor(a)), webhook(a, "Samme navn"));
  await expect(again).rejects.toMatchObject({ code: "conflict" });
  const theirs = await createEndpoint(as(vendor(b)), webhook(b, "Samme navn"));
  expect((await listEndpointChoices(db, b)).map((choice) => choice.id)).toEqual([theirs.endpoint.id]);
});

test("a system is changed only by its own supplier and only with the current ETag", async () => {
  const ctx = as(vendor(a));
  const system = await createSystem(ctx, SystemFields.parse({ supplierId: a, name: "A-journal" }));
  const fields = { name: "A-journal", version: "2", sorCode: null };
  const changed = await updateSystem(ctx, { id: system.id, fields, etag: system.etag });
  expect(changed.version).toBe("2");
  await expect(updateSystem(ctx, { id: system.id, fields, etag: system.etag })).rejects.toMatchObject({
    code: "conflict",
  });
  const before = (await listJournal(db, { subjectType: "system", limit: 100 })).length;
  await updateSystem(ctx, { id: system.id, fields });
  expect((await listJournal(db, { subjectType: "system", limit: 100 })).length).toBe(before);
  await expect(updateSystem(as(vendor(b)), { id: system.id, fields })).rejects.toMatchObject({
    code: "not-allowed",
  });
});

test("setting a net operator to the same values changes nothing", async () => {
  const operator = { code: "41000035001" as never, name: "KMD" };
  await setNetOperator(root, operator);
  await setNetOperator(root, operator);
  await setNetOperator(root, { ...operator, name: "KMD A/S" });
  expect(await listJournal(db, { subjectType: "net-operator", limit: 10 })).toHaveLength(2);
});
