import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { constants, createZstdCompress, gzipSync, zstdCompressSync } from "node:zlib";
import type { Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "@sor/core/testing";
import { readEnvelope } from "@sor/edi";
import { beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { testDeps } from "../testing/index.ts";

const sender = "5790000120420";
const receiver = "5790000128686";

/** An app with one vendor on each side; the keys "from", "to" and "other" belong to them. */
async function aGateway(db: Database, env: Record<string, string> = {}) {
  const [from, to, other] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  const keys: Record<string, Actor> = { from: from.key, to: to.key, other: other.key };
  const app = createApp(
    testDeps({
      db,
      env,
      findKey: async (key) => {
        const actor = keys[key];
        return actor ? { state: "valid", actor } : { state: "unknown" };
      },
    }),
  );
  const ask = async (key: string, path: string, init: RequestInit = {}) =>
    await app.request(path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
  const post = async (bytes: Buffer | string, headers: Record<string, string> = {}, key = "from") =>
    await ask(key, "/v1/interchanges", {
      method: "POST",
      body: typeof bytes === "string" ? bytes : new Uint8Array(bytes),
      headers,
    });
  const pull = async (key: string, gln: string) => {
    const answer = await ask(key, `/v1/mailboxes/${gln}/messages`);
    return ((await answer.json()) as { items: { id: string; contentDigest: string }[] }).items;
  };
  return { from, to, ask, post, pull };
}

const digestOf = (bytes: Buffer) => `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;

const pairs = new URL("../../../../../shared/reference/medcom/pairs/edifact/", import.meta.url);
const samples = existsSync(pairs) ? readdirSync(pairs).filter((name) => name.endsWith(".edi")) : [];

describe("MedCom's messages are delivered byte for byte", () => {
  test.skipIf(samples.length > 0)("SKIPPED: the reference samples are not on this machine", () => {});

  test.each(samples)("%s", async (name) => {
    const bytes = readFileSync(new URL(name, pairs));
    const [envelope] = readEnvelope(bytes).interchanges;
    const [message] = envelope?.messages ?? [];
    if (!envelope || !message?.code || !message.version) throw new Error("the sample has no envelope");
    const db = await testDatabase();
    const { from, to, ask, post, pull } = await aGateway(db);
    // One sample has the same party on both sides, and one has a VANS name in place of a location number.
    const isOwn = envelope.sender.id === envelope.receiver.id;
    if (!isOwn) await aLocation(db, { gln: envelope.sender.id, supplierId: from.supplierId });
    const owner = isOwn ? from : to;
    await aLocation(db, { gln: envelope.receiver.id, supplierId: owner.supplierId });
    const endpoint = await anEndpoint(db, { supplierId: owner.supplierId });
    await receives(db, envelope.receiver.id, endpoint, [[message.code, message.version]]);

    const accepted = await post(bytes, { "content-digest": digestOf(bytes) });
    expect(accepted.status, await accepted.clone().text()).toBe(202);
    const key = isOwn ? "from" : "to";
    const [entry] = await pull(key, envelope.receiver.id);
    const answer = await ask(key, `/v1/mailboxes/${envelope.receiver.id}/messages/${entry?.id}`);
    const got = Buffer.from(await answer.arrayBuffer());
    expect(got.equals(bytes)).toBe(true);
    expect(answer.headers.get("content-digest")).toBe(digestOf(bytes));
    expect(answer.headers.get("content-type")).toBe("application/EDIFACT; charset=iso-8859-1");
  });

  test.skipIf(samples.length === 0)("are all 22", () => {
    expect(samples.length).toBe(22);
  });
});

describe("sending", () => {
  let db: Database;
  let gateway: Awaited<ReturnType<typeof aGateway>>;

  beforeAll(async () => {
    db = await testDatabase();
    gateway = await aGateway(db, { INTERCHANGE_MEGABYTES_MAX: "1" });
    const { from, to } = gateway;
    await aLocation(db, { gln: sender, supplierId: from.supplierId });
    await aLocation(db, { gln: receiver, supplierId: to.supplierId });
    await receives(db, receiver, await anEndpoint(db, { supplierId: to.supplierId }), [["DIS91", "D9134L"]]);
  });

  test("is answered with ids and states, and a URL to follow them", async () => {
    const accepted = await gateway.post(anInterchange({ sender, receiver }));
    expect(accepted.status).toBe(202);
    const body = (await accepted.json()) as { id: string; messages: { id: string; state: string }[] };
    expect(accepted.headers.get("location")).toBe(`/v1/interchanges/${body.id}`);
    expect(body.messages.map(({ state }) => state)).toEqual(["queued"]);
    const followed = await gateway.ask("from", accepted.headers.get("location") ?? "");
    expect(await followed.json()).toMatchObject({ id: body.id, messages: [{ state: "queued" }] });
    for (const part of ["", "/events", "/attempts"]) {
      const path = `/v1/messages/${body.messages[0]?.id}${part}`;
      expect((await gateway.ask("from", path)).status).toBe(200);
      expect((await gateway.ask("to", path)).status).toBe(200);
      const other = await gateway.ask("other", path);
      const unknown = await gateway.ask("other", `/v1/messages/0196f1f0-0000-7000-8000-000000000000${part}`);
      expect([other.status, unknown.status]).toEqual([404, 404]);
      const shown = async (answer: Response) => ({ ...((await answer.json()) as object), requestId: "" });
      expect(await shown(other)).toEqual(await shown(unknown));
    }
  });

  test("twice with one Idempotency-Key gives the same answer, marked as replayed; with another body 422", async () => {
    const bytes = anInterchange({ sender, receiver });
    const first = await gateway.post(bytes, { "idempotency-key": "a1" });
    const again = await gateway.post(bytes, { "idempotency-key": "a1" });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(await again.json()).toEqual(await first.json());
    const other = await gateway.post(anInterchange({ sender, receiver }), { "idempotency-key": "a1" });
    expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([
      422,
      "idempotency-key-reused",
    ]);
  });

  test("with a Content-Digest that does not match stores nothing", async () => {
    const bytes = anInterchange({ sender, receiver, messages: [{ reference: "DIGEST1" }] });
    const refused = await gateway.post(bytes, { "content-digest": digestOf(Buffer.from("something else")) });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
      400,
      "digest-mismatch",
    ]);
    const listed = await gateway.ask("from", "/v1/messages?reference=DIGEST1");
    expect(await listed.json()).toEqual({ items: [], next: null });
  });

  test.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ])(
    "compressed with %s is the same interchange; a decompression bomb is refused",
    async (encoding, pack) => {
      const bytes = anInterchange({ sender, receiver });
      const accepted = await gateway.post(pack(bytes), { "content-encoding": encoding });
      expect(((await accepted.json()) as { sha256: string }).sha256).toBe(
        createHash("sha256").update(bytes).digest("hex"),
      );
      const bomb = await gateway.post(pack(Buffer.alloc(200_000_000)), { "content-encoding": encoding });
      expect(bomb.status).toBe(413);
    },
  );

  test("an interchange above the configured size is refused", async () => {
    expect((await gateway.post(Buffer.alloc(1024 * 1024 + 1, 0x20))).status).toBe(413);
  });

  test("broken compressed bytes, and a zstd window above 8 MB, are malformed", async () => {
    const packed = gzipSync(anInterchange({ sender, receiver }));
    const broken = await gateway.post(packed.subarray(0, packed.length - 9), { "content-encoding": "gzip" });
    expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([400, "malformed"]);
    const params = { [constants.ZSTD_c_windowLog]: 26 };
    const wide = zstdCompressSync(Buffer.alloc(900_000, " "), { params, pledgedSrcSize: 900_000 });
    const small = await gateway.post(wide, { "content-encoding": "zstd" });
    expect(small.status).toBe(400);
    // If the size is not known beforehand, the window is as wide as requested.
    const chunks: Buffer[] = [];
    const packer = createZstdCompress({ params });
    packer.on("data", (chunk: Buffer) => chunks.push(chunk));
    packer.end(anInterchange({ sender, receiver }));
    await once(packer, "end");
    expect((await gateway.post(Buffer.concat(chunks), { "content-encoding": "zstd" })).status).toBe(400);
  });

  test.each([
    ["a message that is held in memory", 200_000],
    ["a message that is spooled", 700_000],
  ])("%s is delivered byte for byte, twice under one key, and compressed", async (_, size) => {
    const message = { reference: `BIG${size}`, text: "æ".repeat(69) };
    const filler = `FTX+SPC+P00++${"å".repeat(69)}'`.repeat(Math.floor(size / 84));
    const small = anInterchange({ sender, receiver, messages: [message] }).toString("latin1");
    const count = filler.split("'").length - 1;
    const bytes = Buffer.from(small.replace("UNT+4+", `${filler}UNT+${count + 4}+`), "latin1");
    const headers = { "idempotency-key": `big-${size}`, "content-digest": digestOf(bytes) };
    const first = await gateway.post(bytes, headers);
    expect(first.status, await first.clone().text()).toBe(202);
    const body = (await first.json()) as { id: string; sha256: string; sizeBytes: number };
    expect(body.sizeBytes).toBe(bytes.byteLength);
    const again = await gateway.post(gzipSync(bytes), {
      "idempotency-key": `big-${size}`,
      "content-encoding": "gzip",
    });
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([202, "true"]);
    const other = Buffer.from(bytes);
    other[bytes.length - 200] = 0x58;
    expect((await gateway.post(other, { "idempotency-key": `big-${size}` })).status).toBe(422);
    const answer = await gateway.ask("to", `/v1/interchanges/${body.id}/payload`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const wrong = await gateway.post(other, { "content-digest": digestOf(bytes) });
    expect(wrong.status).toBe(400);
  });

  test("for a sender that is not the key's is 403, and reveals nothing of the content", async () => {
    const refused = await gateway.post(anInterchange({ sender, receiver }), {}, "to");
    expect(refused.status).toBe(403);
    expect(await refused.text()).not.toContain(sender);
  });

  test("bytes that are not an envelope are 400 with the byte offset", async () => {
    const refused = await gateway.post("UNA:+.? 'UNB+UNOC:3+x");
    const body = (await refused.json()) as { code: string; errors: { position: { offset: number } }[] };
    expect([refused.status, body.code]).toEqual([400, "envelope-unreadable"]);
    expect(body.errors[0]?.position.offset).toBeGreaterThanOrEqual(0);
  });

  test("$validate answers findings and routes and stores nothing", async () => {
    const bytes = anInterchange({
      sender,
      receiver,
      messages: [{ reference: "VALID1" }, { reference: "VALID2", version: "D9133L" }],
    });
    const report = await gateway.ask("from", "/v1/interchanges/$validate", {
      method: "POST",
      body: new Uint8Array(bytes),
    });
    expect(await report.json()).toMatchObject({
      isAcceptable: false,
      messages: [{ route: { found: true } }, { route: { found: false, reason: "VER" } }],
    });
    expect(await (await gateway.ask("from", "/v1/messages?reference=VALID1")).json()).toEqual({
      items: [],
      next: null,
    });
  });

  test("is listed for both sides, page by page, and for nobody else", async () => {
    for (let message = 0; message < 5; message += 1) {
      await gateway.post(anInterchange({ sender, receiver, reference: `LIST${message}` }));
    }
    const seen: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const after: string = next === "" ? "" : `&after=${next}`;
      const answer = await gateway.ask("to", `/v1/interchanges?limit=2&sender=${sender}${after}`);
      const page = (await answer.json()) as { items: { controlReference: string }[]; next: string | null };
      seen.push(...page.items.map(({ controlReference }) => controlReference));
      next = page.next;
    }
    expect(seen.slice(0, 5)).toEqual(["LIST4", "LIST3", "LIST2", "LIST1", "LIST0"]);
    expect(new Set(seen).size).toBe(seen.length);
    const others = await gateway.ask("other", "/v1/interchanges");
    expect(await others.json()).toEqual({ items: [], next: null });
  });

  test("a payload is returned as received, and reading it is recorded in the journal", async () => {
    const bytes = anInterchange({ sender, receiver, messages: [{ reference: "P1", text: "Blåbærgrød" }] });
    const { id } = (await (await gateway.post(bytes)).json()) as { id: string };
    const answer = await gateway.ask("to", `/v1/interchanges/${id}/payload`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const read = await db.execute(
      `select actor_id from journal_entries where subject_type = 'interchange' and subject_id = '${id}'`,
    );
    expect(read.rows).toEqual([{ actor_id: gateway.to.key.id }]);
  });
});

describe("a mailbox", () => {
  test("is readable by its owner only; acknowledged deliveries are gone", async () => {
    const db = await testDatabase();
    const { from, to, ask, post, pull } = await aGateway(db);
    await aLocation(db, { gln: sender, supplierId: from.supplierId });
    await aLocation(db, { gln: receiver, supplierId: to.supplierId });
    await receives(db, receiver, await anEndpoint(db, { supplierId: to.supplierId }), [["DIS91", "D9134L"]]);
    const { messages } = (await (await post(anInterchange({ sender, receiver }))).json()) as {
      messages: { id: string }[];
    };
    expect((await ask("from", `/v1/mailboxes/${receiver}/messages`)).status).toBe(403);
    const [entry] = await pull("to", receiver);
    expect((await ask("from", `/v1/mailboxes/${sender}/messages/${entry?.id}`)).status).toBe(404);
    const ack = await ask("to", `/v1/mailboxes/${receiver}/messages/$ack`, {
      method: "POST",
      body: JSON.stringify({ ids: [entry?.id] }),
      headers: { "content-type": "application/json" },
    });
    expect(await ack.json()).toEqual({ acknowledged: [entry?.id], unknown: [] });
    expect(await pull("to", receiver)).toEqual([]);
    const message = (await (await ask("from", `/v1/messages/${messages[0]?.id}`)).json()) as {
      state: string;
    };
    expect(message.state).toBe("delivered");
  });
});
