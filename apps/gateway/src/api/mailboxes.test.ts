import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Database } from "@sor/core";
import { anInterchange, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { receiver, sender, twoVendors } from "../testing/two-vendors.ts";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;
const path = `/v1/mailboxes/${receiver}/messages`;

beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db);
});

type Entry = { id: string; timesHandedOut: number };
const pull = async () => ((await (await gateway.ask("to", path)).json()) as { items: Entry[] }).items;

test("HEAD of a mailbox takes no deliveries", async () => {
  await gateway.send();
  expect((await gateway.ask("to", path, { method: "HEAD" })).status).toBe(200);
  const [entry] = await pull();
  expect(entry).toMatchObject({ timesHandedOut: 1 });
});

const acknowledge = async (key: string, gln: string, ids: string[]) =>
  await (await gateway.post(key, `/v1/mailboxes/${gln}/messages/$ack`, { ids })).json();

test("ids may be in upper case: the acknowledgement reports them all the same", async () => {
  await gateway.send();
  const id = (await pull())[0]?.id ?? "";
  const shown = await gateway.ask("to", `${path}/${id.toUpperCase()}`);
  expect(shown.status).toBe(200);
  await shown.arrayBuffer();
  expect(await acknowledge("to", receiver, [id.toUpperCase(), id])).toEqual({
    ...{ acknowledged: [id], unknown: [] },
  });
});

test("an interchange with UNB's test indicator is shown as a test everywhere", async () => {
  for (const isTest of [true, false]) {
    const plain = anInterchange({ sender, receiver }).toString("latin1");
    const body = isTest ? plain.replace("++++0'", "++++0++1'") : plain;
    const send = (path: string) => gateway.ask("from", path, { method: "POST", body });
    const report = await (await send("/v1/interchanges/$validate")).json();
    expect(report).toMatchObject({ isAcceptable: true, isTest });
    const taken = (await (await send("/v1/interchanges")).json()) as {
      id: string;
      messages: { id: string }[];
    };
    expect(taken).toMatchObject({ isTest, messages: [{ isTest }] });
    for (const shown of [`interchanges/${taken.id}`, `messages/${taken.messages[0]?.id}`])
      expect(await (await gateway.ask("to", `/v1/${shown}`)).json()).toMatchObject({ isTest });
    const pulled = await pull();
    expect(pulled).toMatchObject([{ interchangeId: taken.id, isTest }]);
    await acknowledge(
      "to",
      receiver,
      pulled.map(({ id }) => id),
    );
  }
});

test("acknowledging another party's delivery in one's own mailbox changes nothing", async () => {
  await gateway.send();
  const look = `${path}?visibilityTimeoutSeconds=0`;
  const waiting = async () => (await (await gateway.ask("to", look)).json()) as { items: Entry[] };
  const before = await waiting();
  const id = before.items[0]?.id ?? "";
  expect(await acknowledge("from", sender, [id])).toEqual({ acknowledged: [], unknown: [id] });
  expect(await waiting()).toEqual(before);
  await acknowledge("to", receiver, [id]);
});

test.each([
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
])(
  "an acknowledgement may be compressed with %s, and its Content-Digest covers the bytes as transferred",
  async (encoding, pack) => {
    await gateway.send();
    const [entry] = await pull();
    const bytes = pack(JSON.stringify({ ids: [entry?.id] }));
    const acknowledge = async (digested: Uint8Array, body = bytes) => {
      const digest = createHash("sha256").update(digested).digest("base64");
      const answer = await gateway.ask("to", `${path}/$ack`, {
        method: "POST",
        body: new Uint8Array(body),
        headers: {
          "content-type": "application/json",
          "content-encoding": encoding,
          "content-digest": `sha-256=:${digest}:`,
        },
      });
      return { status: answer.status, body: await answer.json() };
    };
    expect(await acknowledge(Buffer.from("noget andet"))).toMatchObject({
      ...{ status: 400, body: { code: "digest-mismatch" } },
    });
    const broken = bytes.subarray(0, bytes.length - 5);
    expect(await acknowledge(broken, broken)).toMatchObject({ status: 400, body: { code: "malformed" } });
    const several = Buffer.concat([pack('{"ids":'), pack("[]}")]);
    expect(await acknowledge(several, several)).toMatchObject({ status: 400 });
    const bomb = pack(Buffer.alloc(200_000, " "));
    expect(await acknowledge(bomb, bomb)).toMatchObject({ status: 413, body: { bytesMax: 100_000 } });
    expect(await acknowledge(bytes)).toEqual({
      status: 200,
      body: { acknowledged: [entry?.id], unknown: [] },
    });
  },
);

test.each([
  ["that is not UTF-8", Buffer.from('{"ids":["\xe6"]}', "latin1"), "JSON er ikke gyldig UTF-8."],
  ["that holds U+0000", Buffer.from('{"ids":["a\\u0000"]}'), "En tekst i JSON indeholder tegnet U+0000."],
])("a JSON body %s is refused", async (_name, body, detail) => {
  const headers = { "content-type": "application/json" };
  const answer = await gateway.ask("to", `${path}/$ack`, {
    method: "POST",
    body: new Uint8Array(body),
    headers,
  });
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: "malformed", detail }]);
  const escaped = Buffer.from('{"ids":["a\\\\u0000"]}');
  const other = await gateway.ask("to", `${path}/$ack`, {
    method: "POST",
    body: new Uint8Array(escaped),
    headers,
  });
  expect(await other.json()).toMatchObject({ code: "invalid", errors: [{ pointer: "/ids/0" }] });
});

test.each(["/v1/messages/$search", `${path}/$ack`, "/v1/interchanges/$validate", "/v1/dead-letters/$retry"])(
  "%s allows only POST and says so",
  async (operation) => {
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      const answer = await gateway.ask("to", operation, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    }
  },
);

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const cursor = (key: unknown) => encoded({ filter: "", cursor: encoded(key) });
test.each([
  ["/v1/messages?from=0000-01-01T00:00:00Z", "from"],
  ["/v1/interchanges?to=9999-12-31T23:59:59-01:00", "to"],
  [`/v1/messages?after=${cursor(["0000-01-01T00:00:00Z", "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34"])}`, "after"],
  [`/v1/alerts?after=${cursor(["0000-01-01T00:00:00Z", "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34"])}`, "after"],
  [`/v1/notifications?after=${encoded(["99999999999999999999", 1])}`, "after"],
])("a value that the database cannot store is refused with its place: %s", async (asked, place) => {
  const answer = await gateway.ask("to", asked);
  const body = (await answer.json()) as { errors?: { parameter: string }[] };
  expect([answer.status, body.errors?.[0]?.parameter]).toEqual([400, place]);
});
