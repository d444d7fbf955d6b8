import { createContext, type Database } from "@sor/core";
import { createAlertSubscription } from "@sor/core/alerts";
import { createSubscription } from "@sor/core/change-subscriptions";
import { createSystem, setApprovals } from "@sor/core/endpoints";
import { makeSorId } from "@sor/core/identifiers";
import { createRange } from "@sor/core/location-numbers";
import { createOrganisationalLevel } from "@sor/core/organisational-levels";
import { scopes } from "@sor/core/permissions";
import {
  aLocation,
  anEndpoint,
  anOrganisation,
  aVendor,
  databaseContents,
  receives,
  testDatabase,
} from "@sor/core/testing";
import { messageTypes } from "@sor/edi";
import { beforeAll, describe, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { document, operations, type Schema } from "../testing/operations.ts";
import { askOver } from "../testing/socket-client.ts";
import { receiver, sender } from "../testing/two-vendors.ts";

/** All resources of the description that can be read and changed at one URL. */
const methodsOf = Map.groupBy(operations, ({ path }) => path);
const changed = [...methodsOf.keys()].flatMap((path) => {
  const methods = (methodsOf.get(path) ?? []).map(({ method }) => method);
  const changing = ["PUT", "PATCH", "DELETE"].filter((method) => methods.includes(method));
  return methods.includes("GET") && changing.length > 0 ? [{ path, changing }] : [];
});
const put = changed.filter(({ changing }) => changing.includes("PUT"));

/** The members of a PUT body that the description marks read-only. */
function computedOf(path: string): string[] {
  const operation = document.paths[path]?.put;
  const given = operation?.requestBody?.content["application/json"]?.schema ?? {};
  const name = typeof given.$ref === "string" ? given.$ref.split("/").at(-1) : undefined;
  const schema = name === undefined ? given : (document.components.schemas[name] ?? {});
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  return Object.keys(properties).filter((member) => properties[member]?.readOnly === true);
}

let db: Database;
let origin: string;
let addressOf: (path: string) => Promise<string>;
const now = new Date("2027-01-15T08:00:00Z");
const [owner, unit] = [makeSorId(1), makeSorId(2)];
const nowhere = "0196f1f0-0000-7000-8000-000000000000";

beforeAll(async () => {
  db = await testDatabase();
  const { supplierId, key } = await aVendor(db);
  const all = { role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const;
  const actor = { ...key, scopes, grants: [...key.grants, all] };
  const virtualAddress = { website: `https://example.dk/${"a".repeat(200)}` };
  await anOrganisation(db, { sorId: owner, virtualAddress });
  await anOrganisation(db, { sorId: unit, level: "institution", parentSorId: owner, virtualAddress });
  const ctx = createContext(db, { kind: "system", job: "test" }, now);
  const endpointIds = await Promise.all(Array.from({ length: 40 }, () => anEndpoint(db, { supplierId })));
  await aLocation(db, { gln: receiver, supplierId });
  const types = messageTypes.filter(({ kind, code, version }) => kind !== "namespace" && code && version);
  const few = types.slice(0, 20).map(({ code = "", version = "" }) => [code, version] as const);
  await receives(db, receiver, endpointIds[0] ?? "", few);
  let number = 0;
  const makers: Record<string, () => Promise<string>> = {
    "/v1/organisational-levels/{id}": async () => {
      number += 1;
      const fields = { code: null, name: `Niveau ${number}`, position: number, expiresOn: null };
      return (await createOrganisationalLevel(ctx, fields)).id;
    },
    "/v1/gln-ranges/{id}": async () => {
      number += 1;
      const range = { prefix: "5790009", from: number * 10, to: number * 10 + 9, note: "Nye huse" };
      return (await createRange(ctx, range)).id;
    },
    "/v1/endpoints/{id}": () =>
      anEndpoint(db, {
        supplierId,
        address: `https://edi.example.dk/${"in".repeat(700)}`,
        signingSecrets: ["whsec_AAAA"],
      }),
    "/v1/systems/{id}": async () => {
      const { id } = await createSystem(ctx, {
        supplierId,
        name: `System ${Math.random()}`,
        version: "4.2",
        sorCode: null,
      });
      const approvals = few.map(([messageType], at) => ({
        ...{
          productVersion: "4.2",
          messageType: messageType.slice(0, 5).toUpperCase(),
          version: `V${at}`,
          direction: "send" as const,
        },
        ...{ approvedOn: "2026-01-15", expiresOn: null, reference: null },
      }));
      await setApprovals(ctx, { systemId: id, approvals });
      return id;
    },
    "/v1/subscriptions/{id}": async () => {
      const address = `https://edi.example.dk/${"in".repeat(700)}`;
      const byKey = createContext(db, actor, now);
      return (await createSubscription(byKey, { name: "Kopi", address, rows: true })).subscription.id;
    },
    "/v1/alert-subscriptions/{id}": async () => {
      const wishes = {
        name: "Vagt",
        kinds: [],
        leastSeverity: "minor",
        digest: "at-once",
        quietFrom: null,
        quietTo: null,
      } as const;
      const { subscription } = await createAlertSubscription(ctx, {
        ...wishes,
        kinds: [],
        supplierId,
        channel: "feed",
        address: null,
        endpointIds,
      });
      return subscription.id;
    },
  };
  addressOf = async (path) => {
    if (!path.includes("{id}")) return path.replace("{gln}", receiver).replace("{sorId}", unit);
    const make = makers[path];
    if (!make) throw new Error(`${path}: this test knows no such resource`);
    return path.replace("{id}", await make());
  };
  const server = createGatewayServer(
    testDeps({ db, clock: () => now, findKey: async () => ({ state: "valid", actor }) }),
  );
  origin = await listen(server, 0, "127.0.0.1");
  return () => closeServer(server);
});

type Asked = { encoding?: "gzip" | "zstd" | undefined; body?: unknown; headers?: Record<string, string> };
async function ask(method: string, path: string, { encoding, body, headers }: Asked = {}) {
  const isSent = body !== undefined;
  const all = {
    authorization: "Bearer key",
    ...(isSent && { "content-type": "application/json" }),
    ...headers,
  };
  const text = isSent ? { body: Buffer.from(JSON.stringify(body)) } : {};
  const answer = await askOver(origin, { method, path, headers: all, ...text }, { encoding });
  return { ...answer, etag: answer.headers.etag ?? "" };
}

const stateOfAll = () => databaseContents(db, []);

test("the description has resources that can be read and changed", () => {
  expect(put.length).toBeGreaterThanOrEqual(3);
});

/** Other values that the computed members of the resource could have. */
const others: Readonly<Record<string, unknown>> = {
  ...{ id: nowhere, supplierId: nowhere, supplierName: "En anden", systemName: "Et andet", gln: sender },
  ...{ prefix: "5790008", from: 70, to: 79 },
  ...{ state: "paused", pausedUntil: "2030-01-01T00:00:00.000Z", pauseReason: "Flytning", approvals: [] },
  ...{ sorId: owner, level: "unit", firstFrom: "2019-01-01" },
  drain: { since: "2026-01-01T00:00:00.000Z", endsAs: "paused" },
  signingSecrets: [{ madeAt: null, endsAt: "2030-01-01T00:00:00.000Z" }],
};
/** Members that change without any request, or by edits of other units: they are accepted and ignored. */
const measured: Readonly<Record<string, unknown>> = {
  ...{
    certificate: { sha256: "00", validTo: "2030-01-01T00:00:00Z" },
    lastVerifiedAt: "2020-01-01T00:00:00.000Z",
  },
  ...{ recordedAt: "2019-01-01T00:00:00Z", supersededAt: "2030-01-01T00:00:00Z", updatedOn: "2019-01-01" },
  ...{ path: [], effective: {}, withdrawal: { reason: "test" }, status: "closed" },
  deployments: { locationNumbers: 7, endpoints: 7 },
  remaining: 7,
};

describe.each(put)("what GET $path gave", ({ path }) => {
  test("can be put back unchanged, and changes nothing", async () => {
    const address = await addressOf(path);
    const got = await ask("GET", address);
    const before = await stateOfAll();
    const headers = { "if-match": got.etag };
    const back = await ask("PUT", address, { body: JSON.parse(got.body), headers });
    expect([back.status, back.etag], back.body).toEqual([200, got.etag]);
    expect(await stateOfAll()).toEqual(before);
  });

  test("is refused with its place if a computed member has another value", async () => {
    const address = await addressOf(path);
    const got = await ask("GET", address);
    const shown = JSON.parse(got.body) as Record<string, unknown>;
    const before = await stateOfAll();
    const headers = { "if-match": got.etag };
    const names = computedOf(path);
    for (const name of names) {
      const isMeasured = Object.hasOwn(measured, name);
      const body = { ...shown, [name]: isMeasured ? measured[name] : others[name] };
      expect(body[name], `${name} is another here`).not.toEqual(shown[name]);
      const answer = await ask("PUT", address, { body, headers });
      const { errors } = JSON.parse(answer.body) as { errors?: unknown };
      if (isMeasured) expect([name, answer.status, answer.etag]).toEqual([name, 200, got.etag]);
      else expect(errors).toEqual([{ pointer: `/${name}`, detail: "beregnes og er noget andet nu" }]);
    }
    expect(names.length).toBeGreaterThan(0);
    expect(await stateOfAll()).toEqual(before);
  });
});

test("a registration with another format than its type's is refused with its place", async () => {
  const path = "/v1/locations/{gln}/message-types";
  const address = await addressOf(path);
  const got = await ask("GET", address);
  const body = JSON.parse(got.body) as { registrations: { format: string }[] };
  const registrations = body.registrations.map((each, at) => (at === 3 ? { ...each, format: "FHIR" } : each));
  const headers = { "if-match": got.etag };
  const refused = await ask("PUT", address, { body: { ...body, registrations }, headers });
  expect(JSON.parse(refused.body)).toMatchObject({
    status: 400,
    errors: [{ pointer: "/registrations/3/format", detail: "ikke formatet for denne type og version" }],
  });
});

const encodings = [undefined, "gzip", "zstd"] as const;
/** Resources too small for their answers to be compressed. */
const small = ["/v1/organisational-levels/{id}", "/v1/gln-ranges/{id}", "/v1/locations/{gln}"];
const cases = changed.flatMap((each) =>
  encodings
    .filter((encoding) => encoding === undefined || !small.includes(each.path))
    .map((encoding) => ({ ...each, encoding })),
);

describe.each(cases)("$path in $encoding", ({ path, changing, encoding }) => {
  test("answers 304 for its ETag, however the tag is listed", async () => {
    const address = await addressOf(path);
    const got = await ask("GET", address, { encoding });
    expect(got.status).toBe(200);
    expect(got.headers["content-encoding"]).toBe(encoding);
    expect(got.etag).toMatch(encoding ? new RegExp(`^"[^"]+\\.${encoding}"$`) : /^"[^".]+"$/);
    for (const list of [got.etag, `W/${got.etag}`, `"a", ${got.etag}`, `"a,b" , W/"c",${got.etag}`]) {
      for (const method of ["GET", "HEAD"]) {
        const again = await ask(method, address, { encoding, headers: { "if-none-match": list } });
        expect([list, again.status, again.etag, again.body]).toEqual([list, 304, got.etag, ""]);
      }
    }
    expect((await ask("GET", address, { headers: { "if-none-match": "*" } })).status).toBe(304);
    for (const list of ['"other"', `"${got.etag}"`, got.etag.slice(1, -1)]) {
      expect((await ask("GET", address, { headers: { "if-none-match": list } })).status, list).toBe(200);
    }
  });

  test.each(changing)("%s requires its ETag, a list that contains it, or *", async (method) => {
    const address = await addressOf(path);
    const got = await ask("GET", address, { encoding });
    const { body, done, lists } = changeBy(method, got);
    const status = async (list?: string) => {
      const headers: Record<string, string> = list === undefined ? {} : { "if-match": list };
      return [list, (await ask(method, address, { encoding, body, headers })).status];
    };
    for (const list of ['"other"', `W/${got.etag}`, '"a", "b"', "rubbish", `${got.etag} "a"`]) {
      expect(await status(list)).toEqual([list, 412]);
    }
    expect(await status()).toEqual([undefined, 428]);
    for (const list of lists) expect(await status(list)).toEqual([list, done]);
  });
});

/** A change that alters nothing (except DELETE, after which nothing is left to change), and the ETags under which it succeeds. */
function changeBy(method: string, got: { body: string; etag: string }) {
  const listed = `"a", ${got.etag}`;
  if (method === "DELETE") return { body: undefined, done: 204, lists: [listed] };
  const body = method === "PATCH" ? {} : JSON.parse(got.body);
  return { body, done: 200, lists: [got.etag, listed, "*"] };
}
