import { createContext } from "@sor/core";
import { actorForKey, createKey } from "@sor/core/access";
import { aSupplier, testDatabase } from "@sor/core/testing";
import { expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

const now = new Date("2026-10-01T08:00:00.000Z");

async function world(env: Record<string, string> = {}) {
  const db = await testDatabase();
  const supplierId = await aSupplier(db, "Nordlys");
  const grants = [
    { role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null },
  ] as const;
  const id = "00000000-0000-7000-8000-000000000001";
  const ctx = createContext(db, { kind: "user", id, name: "Anna", supplierId: null, grants }, now);
  const expiresAt = new Date(now.getTime() + 10.5 * 86_400_000);
  const asked = { supplierId, name: "Journalen", scopes: ["messages:read" as const], glns: null, expiresAt };
  const { key, start } = await createKey(ctx, asked);
  const findKey = (text: string, at: Date) => actorForKey(db, text, at);
  const server = createGatewayServer(testDeps({ db, env, clock: () => now, findKey }));
  const origin = await listen(server, 0, "127.0.0.1");
  const ask = async (headers: Record<string, string>) => {
    const answer = await askOver(origin, {
      method: "GET",
      path: "/v1/access/self-test",
      headers,
    });
    return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
  };
  return { ask, key, start, stop: () => closeServer(server) };
}

test("a program learns what its key is, may, and when it ends, and how far its clock is from ours", async () => {
  const { ask, key, start, stop } = await world();
  const { status, body } = await ask({
    authorization: `Bearer ${key}`,
    date: "Thu, 01 Oct 2026 08:00:42 GMT",
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ now: now.toISOString(), clockDifferenceSeconds: 42, address: "127.0.0.1", isEncrypted: null },
    key: { name: "Journalen", start, supplier: "Nordlys", networks: null, daysLeft: 10 },
  });
  const given = (body["scopes"] as { scope: string; isGiven: boolean }[]).filter(({ isGiven }) => isGiven);
  expect(given).toEqual([{ scope: "messages:read", isGiven: true }]);
  expect(JSON.stringify(body)).not.toContain(key);
  const wrong = await ask({ authorization: `Bearer ${start}` });
  expect([wrong.status, wrong.body["reason"]]).toEqual([401, "unknown"]);
  await stop();
});

test("without a key it says from where one comes, as the proxies of the settings say", async () => {
  const { ask, stop } = await world({ TRUST_PROXY: "1", LOOKUPS: "closed" });
  const headers = { "x-forwarded-for": "198.51.100.1, 2001:db8::7", "x-forwarded-proto": "https" };
  expect((await ask({ ...headers, date: "yesterday" })).body).toMatchObject({
    ...{
      key: null,
      address: "2001:db8::7",
      isEncrypted: true,
      clockDifferenceSeconds: null,
      mayLookUp: false,
    },
  });
  await stop();
});
