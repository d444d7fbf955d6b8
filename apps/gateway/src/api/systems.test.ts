import type { Database } from "@sor/core";
import { aVendor, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { testDeps } from "../testing/index.ts";

type Vendor = Awaited<ReturnType<typeof aVendor>>;
let db: Database;
let own: Vendor;
let other: Vendor;

beforeAll(async () => {
  db = await testDatabase();
  [own, other] = [await aVendor(db), await aVendor(db)];
});

async function call(vendor: Vendor, method: string, path: string, body?: object, etag?: string) {
  const actor = { ...vendor.key, scopes: ["endpoints:write" as const] };
  const app = createApp(testDeps({ db, findKey: async () => ({ state: "valid", actor }) }));
  return await app.request(path, {
    method,
    headers: {
      authorization: "Bearer any",
      "content-type": "application/json",
      ...(etag !== undefined && { "if-match": etag }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}

test("a product is created by its supplier, read by all, and changed only with its current ETag", async () => {
  const made = await call(own, "POST", "/v1/systems", { name: "Journal", version: "1.0" });
  expect(made.status).toBe(201);
  const path = made.headers.get("location") ?? "";
  const read = await call(other, "GET", path);
  expect(await read.json()).toMatchObject({
    ...{ name: "Journal", version: "1.0", supplierId: own.supplierId, approvals: [] },
    deployments: { locationNumbers: 0, endpoints: 0 },
  });
  const etag = read.headers.get("etag") ?? "";
  expect((await call(own, "PUT", path, { name: "Journal" })).status).toBe(428);
  expect((await call(other, "PUT", path, { name: "Kapret" }, etag)).status).toBe(403);
  const changed = await call(own, "PUT", path, { name: "Journal", version: "2.0" }, etag);
  expect(await changed.json()).toMatchObject({ version: "2.0" });
  expect((await call(own, "PUT", path, { name: "Journal" }, etag)).status).toBe(412);
  const listed = await call(other, "GET", `/v1/systems?supplierId=${own.supplierId}`);
  expect(await listed.json()).toHaveProperty("items.length", 1);
  expect((await call(own, "POST", "/v1/systems", { name: "Journal" })).status).toBe(409);
});
