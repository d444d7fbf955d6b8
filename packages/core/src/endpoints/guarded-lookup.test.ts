import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { findPublicAddresses, guardedLookup, type Resolve } from "./guarded-lookup.ts";

const at = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

test.each([
  [["10.0.0.1"]],
  [["127.0.0.1"]],
  [["169.254.169.254"]],
  [["100.64.1.1"]],
  [["::1"]],
  [["::ffff:10.0.0.1"]],
  [["64:ff9b::a00:1"]],
  [["8.8.8.8", "10.0.0.1"]],
  [[]],
])("a name that resolves to %j is rejected, even if only one of its addresses is private", async (found) => {
  const asking = findPublicAddresses("edi.example.dk", async () => at(...found));
  await expect(asking).rejects.toMatchObject({ code: "EPRIVATE" });
});

test("a name whose address changes between two lookups is connected to only at the checked address", async () => {
  const answers = [at("8.8.8.8"), at("127.0.0.1")];
  const asked: string[] = [];
  const resolve: Resolve = async (name) => {
    asked.push(name);
    return answers.shift() ?? [];
  };
  const lookup = guardedLookup(resolve);
  const given = await new Promise((done, fail) =>
    lookup("edi.example.dk", { all: true }, (error, found) => (error ? fail(error) : done(found))),
  );
  expect(given).toEqual(at("8.8.8.8"));
  expect(asked).toEqual(["edi.example.dk"]);
  const second = new Promise((done, fail) =>
    lookup("edi.example.dk", { all: true }, (error, found) => (error ? fail(error) : done(found))),
  );
  await expect(second).rejects.toMatchObject({ code: "EPRIVATE" });
});

test("a server on this machine cannot be reached through a name that resolves to it", async () => {
  const reached: string[] = [];
  const server = http.createServer((request, response) => {
    reached.push(request.url ?? "");
    response.end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const lookup = guardedLookup(async () => at("127.0.0.1"));
  const request = http.get({ host: "edi.example.dk", port, lookup });
  const [error] = (await once(request, "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("EPRIVATE");
  expect(reached).toEqual([]);
  await new Promise((done) => server.close(done));
});
