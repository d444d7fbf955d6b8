import { makeSorId } from "@sor/core/identifiers";
import { scopes } from "@sor/core/permissions";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  anOrganisation,
  aVendor,
  receives,
  testDatabase,
} from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";
import { receiver, sender } from "../testing/two-vendors.ts";

let origin: string;
const headers = { authorization: "Bearer key" };

beforeAll(async () => {
  const db = await testDatabase();
  const { supplierId, key } = await aVendor(db);
  const actor = { ...key, scopes };
  for (const gln of [sender, receiver]) await aLocation(db, { gln, supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId }), [["DIS91", "D9134L"]]);
  const names = ["Lægehuset Nord", "Lægehuset Syd", "Sygehuset Nord", "Sygehuset Syd"];
  for (const [at, name] of names.entries()) await anOrganisation(db, { sorId: makeSorId(31_100 + at), name });
  const server = createGatewayServer(testDeps({ db, findKey: async () => ({ state: "valid", actor }) }));
  origin = await listen(server, 0, "127.0.0.1");
  for (let at = 0; at < 3; at += 1) {
    const body = anInterchange({ sender, receiver });
    const answer = await askOver(origin, { method: "POST", path: "/v1/interchanges", headers, body });
    expect(answer.status).toBe(202);
  }
  return () => closeServer(server);
});

async function ask(path: string) {
  const answer = await askOver(origin, { path, headers });
  return { ...answer, json: () => JSON.parse(answer.body) as Record<string, unknown> };
}

const lists = [
  ["/v1/organisations", "q=sygehuset", "q=l%C3%A6gehuset"],
  ["/v1/messages", `receiver=${receiver}`, `receiver=${sender}`],
  ["/v1/interchanges", `receiver=${receiver}`, `receiver=${sender}`],
  ["/v1/message-types/DIS91/receivers", "version=D9134L", "version=D9133L"],
] as const;
test.each(lists)(
  "%s is read on by its cursor alone, and not under another filter",
  async (path, filter, other) => {
    const first = await ask(`${path}?${filter}&limit=1`);
    const { next, items } = first.json() as { next: string; items: unknown[] };
    expect(next).toEqual(expect.any(String));
    const second = (await ask(`${path}?${filter}&limit=1&after=${next}`)).json();
    expect(second.items).not.toEqual(items);
    expect((await ask(`${path}?limit=1&after=${next}`)).json()).toEqual(second);
    const link = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? "";
    expect((await ask(link)).json()).toEqual(second);
    for (const wrong of [other, `${filter}&${other.replace(/^\w+/, "format")}`]) {
      const refused = await ask(`${path}?${wrong}&after=${next}`);
      expect([wrong, refused.status]).toEqual([wrong, 400]);
      expect(refused.json()).toMatchObject({ errors: [{ parameter: "after" }] });
    }
  },
);

test("letters are found by their type in small letters too", async () => {
  const messages = async (type: string) => (await ask(`/v1/messages?messageType=${type}`)).json().items;
  expect(await messages("dis91")).toHaveLength(3);
  expect(await messages("dis91")).toEqual(await messages("DIS91"));
});
