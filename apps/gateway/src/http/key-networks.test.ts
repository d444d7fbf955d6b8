import type { Server } from "node:http";
import { createContext } from "@sor/core";
import { actorForKey, createKey } from "@sor/core/access";
import { aSupplier, testDatabase } from "@sor/core/testing";
import { afterAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";

const db = await testDatabase();
const supplierId = await aSupplier(db, "Nordlys");
const servers: Server[] = [];
afterAll(() => Promise.all(servers.map(closeServer)));

async function keyFrom(networks: string[] | null): Promise<string> {
  const grants = [
    { role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null },
  ] as const;
  const id = "00000000-0000-7000-8000-000000000001";
  const actor = { kind: "user", id, name: "Anna", supplierId: null, grants } as const;
  const ctx = createContext(db, actor, new Date());
  const expiresAt = new Date(Date.now() + 86_400_000);
  const asked = { supplierId, name: "Journalen", glns: null, networks, expiresAt };
  return (await createKey(ctx, { ...asked, scopes: ["messages:read"] })).key;
}

async function gateway(env: Record<string, string> = {}, host = "127.0.0.1") {
  const findKey = (key: string, now: Date) => actorForKey(db, key, now);
  const server = createGatewayServer(testDeps({ db, env, clock: () => new Date(), findKey }));
  servers.push(server);
  const origin = await listen(server, 0, host);
  return async (key: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${origin}/v1/messages`, {
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
    const body = (await answer.json()) as { reason?: string };
    return [answer.status, body.reason];
  };
}

test("a key with networks is refused from all others, and says why without telling which they are", async () => {
  const ask = await gateway();
  expect(await ask(await keyFrom(null))).toEqual([200, undefined]);
  expect(await ask(await keyFrom(["127.0.0.0/8"]))).toEqual([200, undefined]);
  const other = await keyFrom(["192.0.2.0/24", "2001:db8::/32"]);
  expect(await ask(other)).toEqual([403, "network"]);
  // Nobody but a proxy that is named in the settings says where a call comes from.
  expect(await ask(other, { "x-forwarded-for": "192.0.2.7" })).toEqual([403, "network"]);
});

test("IPv6 addresses are compared whole, not as the network under which they are counted", async () => {
  const ask = await gateway({}, "::1");
  expect(await ask(await keyFrom(["::1"]))).toEqual([200, undefined]);
  expect(await ask(await keyFrom(["::2"]))).toEqual([403, "network"]);
});

test("behind a proxy the address that counts is the one that the proxy saw", async () => {
  const ask = await gateway({ TRUST_PROXY: "1" });
  const key = await keyFrom(["192.0.2.0/24"]);
  expect(await ask(key, { "x-forwarded-for": "198.51.100.1, 192.0.2.7" })).toEqual([200, undefined]);
  expect(await ask(key, { "x-forwarded-for": "192.0.2.7, 198.51.100.1" })).toEqual([403, "network"]);
});
