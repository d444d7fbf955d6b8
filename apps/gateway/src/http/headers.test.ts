import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Deps } from "../app-env.ts";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

const lookup = "/v1/routes/5790000123117/DIS91";
const actor = {
  kind: "key" as const,
  id: "k",
  name: "k",
  supplierId: "s",
  scopes: [],
  grants: [],
  limitedTo: null,
};
let asked: string[] = [];
const findKey: Deps["findKey"] = async (key) => {
  asked.push(key);
  return key.startsWith("sor_good") ? { state: "valid", actor } : { state: "unknown" };
};
const env = { PUBLIC_GATEWAY_URL: "https://gateway.example.dk", RATE_LIMIT_PER_MINUTE: "6000" };
const server = createGatewayServer(testDeps({ findKey, env }));
let origin: string;
beforeAll(async () => {
  origin = await listen(server, 0, "127.0.0.1");
});
afterAll(() => closeServer(server));

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  askOver(origin, { method, path, headers });

describe("every answer", () => {
  test.each([
    ["a plain lookup", lookup, 200],
    ["a refused one", "/v1/routes/5790000120048/DIS91", 404],
    ["one in the ordinary way", `${lookup}?at=2027-01-15`, 200],
    ["a text", "/livez", 200],
    ["a page", "/docs", 200],
    ["a script", "/docs/swagger-ui-bundle.js", 200],
    ["the page to unsubscribe", `/alerts/unsubscribe/${"a".repeat(30)}`, 200],
    ["the description", "/openapi.json", 200],
    ["what is not there", "/nowhere", 404],
    ["no key", "/v1/messages", 401],
  ])("of %s forbids content sniffing, and has HSTS", async (_name, path, status) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "strict-transport-security": "max-age=31536000",
    });
  });

  test("that varies has one Vary header", async () => {
    for (const path of ["/v1/message-types", "/openapi.json", "/v1/organisations?q="]) {
      const { vary } = (await ask(path, { "accept-encoding": "gzip" })).headers;
      expect(vary?.match(/accept-encoding/gi)?.length ?? 0, path).toBeLessThanOrEqual(1);
    }
  });
});

test.each([
  ["Bearer sor_good", 200],
  ["Bearer   sor_good", 200],
  ["bearer sor_good", 200],
  ["Bearer sor_good sor_good", 401],
  ["Bearersor_good", 401],
  ["Bearer", 401],
  ["Basic sor_good", 401],
])("Authorization: %s is answered %i", async (authorization, status) => {
  expect((await ask(lookup, { authorization })).status).toBe(status);
});

test("a known key is answered whatever others guess at its address; an unknown one has to wait", async () => {
  const key = (text: string) => ({ authorization: `Bearer ${text}` });
  expect((await ask(lookup, key("sor_good1"))).status).toBe(200);
  for (let at = 0; at < 20; at += 1) await ask(lookup, key(`sor_guess${at}`));
  const refused = await ask(lookup, key("sor_good2"));
  expect(refused.status).toBe(429);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  asked = [];
  expect((await ask(lookup, key("sor_guess99"))).status).toBe(429);
  expect((await ask(lookup, key("sor_good1"))).status).toBe(200);
  expect(asked).toEqual(["sor_good1"]);
});
