import { testDatabase } from "@sor/core/testing";
import { expect, test } from "vitest";
import { createApp } from "../../app.ts";
import { twoVendors } from "../../testing/two-vendors.ts";

test("a mail address is refused where it stands when the supplier has a receiver with it, in other letters", async () => {
  const gateway = await twoVendors(await testDatabase());
  const actor = { ...gateway.from.key, scopes: ["alerts:write"] as const };
  const app = createApp({ ...gateway.deps, findKey: async () => ({ state: "valid", actor }) });
  const headers = {
    authorization: "Bearer x",
    "content-type": "application/json",
    "accept-language": "en",
  };
  const post = async (address: string) => {
    const given = { supplierId: gateway.from.supplierId, channel: "mail", address, name: "Vagten" };
    const request = { method: "POST", body: JSON.stringify(given), headers };
    return await app.request("/v1/alert-subscriptions", request);
  };
  expect((await post("DUP@example.dk")).status).toBe(201);
  const refused = await post("dup@EXAMPLE.dk");
  expect(refused.status).toBe(409);
  const detail = "There is already a receiver with this address.";
  expect(await refused.json()).toMatchObject({
    ...{ code: "conflict", detail, errors: [{ pointer: "/address", detail, code: "taken" }] },
  });
});

test("an alert subscription is created once per Idempotency-Key, and its address is returned again", async () => {
  const gateway = await twoVendors(await testDatabase());
  const actor = { ...gateway.from.key, scopes: ["alerts:write"] as const };
  const app = createApp({ ...gateway.deps, findKey: async () => ({ state: "valid", actor }) });
  const headers = {
    authorization: "Bearer x",
    "content-type": "application/json",
    "idempotency-key": "vagten",
  };
  const body = JSON.stringify({ supplierId: gateway.from.supplierId, channel: "feed", name: "Vagten" });
  const post = async () => await app.request("/v1/alert-subscriptions", { method: "POST", body, headers });
  const first = await post();
  expect(first.status, await first.clone().text()).toBe(201);
  const again = await post();
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
  expect(await again.json()).toEqual(await first.json());
  const list = await app.request("/v1/alert-subscriptions", { headers: { authorization: "Bearer x" } });
  expect(await list.json()).toHaveProperty("items.length", 1);
});
