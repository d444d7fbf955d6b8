import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@sor/core";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "@sor/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { testDeps } from "../testing/index.ts";
import { createIntake } from "./back-pressure.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
let db: Database;
let folder: string;
let vendor: Awaited<ReturnType<typeof aVendor>>;

beforeAll(async () => {
  db = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), "pressure-"));
  vendor = await aVendor(db);
  await aLocation(db, { gln: sender, supplierId: vendor.supplierId });
  await aLocation(db, { gln: receiver, supplierId: vendor.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: vendor.supplierId }), [
    ["DIS91", "D9134L"],
  ]);
});
afterAll(() => rmSync(folder, { recursive: true }));

function deps(env: Record<string, string> = {}) {
  return testDeps({
    db,
    env: { DATA_DIR: folder, SPOOL_FREE_MEGABYTES_MIN: "0", ...env },
    findKey: async () => ({ state: "valid", actor: vendor.key }),
  });
}

const post = async (
  of: ReturnType<typeof deps>,
  body: string | Uint8Array | ReadableStream,
  path = "/v1/interchanges",
) =>
  await createApp(of).request(path, {
    method: "POST",
    body,
    headers: { authorization: "Bearer k" },
    duplex: "half",
  } as RequestInit);

const message = () => new Uint8Array(anInterchange({ sender, receiver }));

test.each(["/v1/interchanges", "/v1/interchanges/$validate"])(
  "too little free space is 503 with Retry-After on %s, and counted; nothing is stored",
  async (path) => {
    const full = deps({ SPOOL_FREE_MEGABYTES_MIN: "999999999" });
    const before = await db.execute("select count(*)::int as count from interchanges");
    const refused = await post(full, message(), path);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await refused.json()).toMatchObject({ code: "unavailable", reason: "disk" });
    expect(await full.metrics.intakeRefused.get()).toMatchObject({
      values: [{ labels: { reason: "disk" }, value: 1 }],
    });
    const after = await db.execute("select count(*)::int as count from interchanges");
    expect(after.rows).toEqual(before.rows);
  },
);

describe("back-pressure before the intake", () => {
  const megabyte = 1024 * 1024;
  const few = () => deps({ INTAKE_MEGABYTES_MAX: "4", INTERCHANGE_MEGABYTES_MAX: "2" });
  const comingOf = (admission: Awaited<ReturnType<ReturnType<typeof createIntake>["admit"]>>) => {
    if ("pressure" in admission) throw new Error(admission.pressure.reason);
    return admission.coming;
  };
  const own = { reason: "bytes-in-flight", noRoom: "own-share" };
  const full = { reason: "bytes-in-flight", noRoom: "full" };

  test("counts received bytes, with a share for each supplier; announced bytes reserve nothing", async () => {
    const intake = createIntake(few());
    const silent = [];
    for (let count = 0; count < 20; count += 1) silent.push(comingOf(await intake.admit("a", 2 * megabyte)));
    const [first, second] = silent as [(typeof silent)[0], (typeof silent)[0]];
    expect(await first.arrived(2 * megabyte)).toBeUndefined();
    expect(await second.arrived(1)).toEqual(own);
    expect(await intake.admit("a", 1000)).toEqual({ pressure: own });
    const other = comingOf(await intake.admit("b", megabyte));
    expect(await other.arrived(megabyte)).toBeUndefined();
    // One holder may have half of the last megabyte.
    expect(await intake.admit("c", megabyte)).toEqual({ pressure: full });
    expect("coming" in (await intake.admit("c", megabyte / 2))).toBe(true);
    other.release();
    first.release();
    // Releasing twice releases once.
    first.release();
    expect(await second.arrived(megabyte)).toBeUndefined();
    for (const one of silent) one.release();
  });

  test("reserves room at the measured speed, and only as long as the body keeps it", async () => {
    const slow = few();
    const intake = createIntake(slow);
    const held = async () => (await slow.metrics.intakeBytes.get()).values[0]?.value;
    const fast = comingOf(await intake.admit("a", 2 * megabyte));
    expect(await fast.arrived(megabyte)).toBeUndefined();
    expect(await held()).toBe(2 * megabyte);
    fast.release();
    const trickle = comingOf(await intake.admit("a", 2 * megabyte));
    expect(await trickle.arrived(1000)).toBeUndefined();
    expect(await held()).toBe(31_000);
    trickle.release();
    expect(await held()).toBe(0);
  });

  test("admits nothing more while many requests wait for the database", async () => {
    const busy = deps();
    const waiting = { ...busy, db: { ...db, $client: { ...db.$client, waitingCount: 200 } } as Database };
    const pressure = { reason: "database", noRoom: "full" };
    expect(await createIntake(waiting).admit("a", 1)).toEqual({ pressure });
  });

  test("a share that could not hold the largest interchange is an invalid setting", () => {
    const tooLittle = { INTAKE_MEGABYTES_MAX: "199", INTERCHANGE_MEGABYTES_MAX: "100" };
    expect(() => deps(tooLittle)).toThrow("INTAKE_MEGABYTES_MAX");
  });
});

test("reserved room is released however the request ends", async () => {
  const one = deps({ INTERCHANGE_MEGABYTES_MAX: "1" });
  const app = createApp(one);
  const send = async (body: string | Uint8Array | ReadableStream) =>
    await app.request("/v1/interchanges", {
      method: "POST",
      body,
      headers: { authorization: "Bearer k" },
      duplex: "half",
    } as RequestInit);
  const broken = new ReadableStream({
    start: (controller) => controller.enqueue(message().subarray(0, 50)),
    pull: (controller) => controller.error(Object.assign(new Error("gone"), { code: "ECONNRESET" })),
  });
  const statuses = [];
  for (const body of [message(), new Uint8Array(2 * 1024 * 1024), "nonsense", broken]) {
    statuses.push((await send(body)).status);
  }
  expect(statuses).toEqual([202, 413, 415, 400]);
  expect(await one.metrics.intakeBytes.get()).toMatchObject({ values: [{ value: 0 }] });
});

test("$validate changes no row of any table", async () => {
  const tables = await db.execute<{ name: string }>(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  const contents = async () => {
    const all: Record<string, unknown> = {};
    for (const { name } of tables.rows) {
      const rows = await db.execute(
        `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from "${name}" t`,
      );
      all[name] = rows.rows[0];
    }
    return all;
  };
  const known = message();
  expect((await post(deps(), known)).status).toBe(202);
  const before = await contents();
  const again = await post(deps(), known, "/v1/interchanges/$validate");
  expect(await again.json()).toMatchObject({ isAcceptable: true, messages: [{ duplicate: "duplicate" }] });
  const odd = Buffer.from(message());
  odd[odd.indexOf("FTX") + 18] = 0x07;
  const report = await post(deps(), odd, "/v1/interchanges/$validate");
  const { findings } = (await report.json()) as {
    findings: { textDa: string; textEn: string; at: object }[];
  };
  expect(findings).toEqual([
    expect.objectContaining({ code: "invalid-character", severity: expect.any(String) }),
  ]);
  expect(findings[0]).toMatchObject({
    textDa: expect.any(String),
    textEn: expect.any(String),
    at: { message: 1, segment: 3 },
  });
  const unknown = anInterchange({ sender, receiver, messages: [{ reference: "V1", version: "D9133L" }] });
  const routed = await post(deps(), new Uint8Array(unknown), "/v1/interchanges/$validate");
  expect(await routed.json()).toMatchObject({
    isAcceptable: false,
    messages: [{ duplicate: "new", route: { found: false, reason: "VER" } }],
  });
  expect((await post(deps(), "nonsense", "/v1/interchanges/$validate")).status).toBe(200);
  expect(await contents()).toEqual(before);
});
