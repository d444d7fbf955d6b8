import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { countStates } from "./count-messages.ts";
import { listInterchanges, listMessages } from "./list-messages.ts";
import { looksLikePersonalNumber, readMessageText } from "./read-message-text.ts";
import { InterchangeFilter, MessageFilter, MessageSearch } from "./schemas.ts";
import { searchMessages } from "./search-messages.ts";

const start = Date.parse("2026-03-01T10:00:00Z");
const sender = completeGln("579000600001");
const receiver = completeGln("579000600002");
let db: Database;
let from: Actor;
let to: Actor;
let stranger: Actor;
let ids: string[];

const ctx = (actor: Actor, minute = 0) => createContext(db, actor, new Date(start + minute * 60_000));
const messagesBy = (filter: object) => MessageFilter.parse(filter);
const search = (body: object) => MessageSearch.parse(body);

beforeAll(async () => {
  db = await testDatabase();
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [a.key, b.key, c.key];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const mailbox = await anEndpoint(db, { supplierId: b.supplierId });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
  ids = [];
  for (let at = 0; at < 6; at += 1) {
    const bytes = anInterchange({
      ...{ sender, receiver, reference: `E${at}` },
      messages: [{ reference: `A${at}` }, { reference: `B${at}`, ...(at === 5 && { version: "D9999L" }) }],
    });
    const { interchange } = await acceptInterchange(ctx(from, at), { bytes, gatewayParty: "SORGATEWAY" });
    ids.push(...interchange.messages.map(({ id }) => id));
  }
});

describe("a search by business keys", () => {
  test("finds by message id, envelope id and the gateway's ids, newest first, and lists keys without a result", async () => {
    const keys = ["A1", "E3", ids[0] ?? "", "NOTHING"];
    const found = await searchMessages(ctx(from), search({ keys }));
    expect(found.items.map(({ reference }) => reference)).toEqual(["B3", "A3", "A1", "A0"]);
    expect(found.items.map(({ controlReference }) => controlReference)).toEqual(["E3", "E3", "E1", "E0"]);
    expect(found).toMatchObject({ next: null, notFound: ["NOTHING"] });
  });

  test("pages without gap or repetition while new messages arrive", async () => {
    const keys = ids.slice(0, 8);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await searchMessages(ctx(to), search({ keys, after, limit: 3 }));
      seen.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
      const bytes = anInterchange({ sender, receiver });
      await acceptInterchange(ctx(from, 60), { bytes, gatewayParty: "SORGATEWAY" });
    } while (after !== undefined);
    expect(seen.toSorted()).toEqual(keys.toSorted());
    expect(new Set(seen).size).toBe(8);
  });

  test("does not distinguish others' keys from keys that do not exist", async () => {
    const keys = ["A1", "E3", ids[0] ?? "", "NOTHING"];
    expect(await searchMessages(ctx(stranger), search({ keys }))).toEqual({
      ...{ items: [], next: null, notFound: keys },
    });
  });
});

describe("a list", () => {
  test.each<[object, string[]]>([
    [{ party: sender, messageType: "dis91", limit: 2, to: "2026-03-01T10:03:30Z" }, ["B3", "A3"]],
    [{ party: receiver, reference: "A2" }, ["A2"]],
    [{ controlReference: "E4" }, ["B4", "A4"]],
    [{ state: "rejected" }, ["B5"]],
    [{ keys: "A0,E1" }, ["B1", "A1", "A0"]],
    [{ from: "2026-03-01T10:04:00Z", to: "2026-03-01T10:05:00Z" }, ["B4", "A4"]],
    [{ sender: receiver }, []],
    [{ receiptFlag: "late" }, []],
  ])("of messages by %j returns %j, to both sides", async (filter, references) => {
    for (const actor of [from, to]) {
      const { items } = await listMessages(ctx(actor), messagesBy(filter));
      expect(items.map(({ reference }) => reference)).toEqual(references);
    }
    expect((await listMessages(ctx(stranger), messagesBy(filter))).items).toEqual([]);
  });

  test.each<[object, string[]]>([
    [{ controlReference: "E4" }, ["E4"]],
    [{ state: "rejected", party: sender }, ["E5"]],
    [{ keys: "A0,E1" }, ["E1", "E0"]],
  ])("of interchanges by %j returns %j", async (filter, references) => {
    const { items } = await listInterchanges(ctx(to), InterchangeFilter.parse(filter));
    expect(items.map(({ controlReference }) => controlReference)).toEqual(references);
    expect((await listInterchanges(ctx(stranger), InterchangeFilter.parse(filter))).items).toEqual([]);
  });
});

describe("with very many messages of others", () => {
  type Plan = { "QUERY PLAN": [{ Plan: Record<string, number> }] };

  /** The number of database pages that a query touches: its cost, whatever the machine. */
  async function pagesTouched(run: (db: Database) => Promise<unknown>): Promise<number> {
    let statement: { sql: string; params: unknown[] } | undefined;
    const heard = db.$client.query.bind(db.$client) as (...args: unknown[]) => unknown;
    const listen = (...args: unknown[]) => {
      const [config, params] = args as [{ text?: string }, unknown[] | undefined];
      if (config.text?.includes('"messages"')) statement = { sql: config.text, params: params ?? [] };
      return heard(...args);
    };
    Object.assign(db.$client, { query: listen });
    await run(db).finally(() => Object.assign(db.$client, { query: heard }));
    if (!statement) throw new Error("no query was heard");
    const text = `explain (analyze, buffers, format json) ${statement.sql}`;
    const { rows } = await db.$client.query<Plan>(text, statement.params as string[]);
    const plan = rows[0]?.["QUERY PLAN"][0].Plan ?? {};
    return (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
  }

  beforeAll(async () => {
    // Others' messages, all newer than ours, so that a scan by time alone would have to pass them.
    await db.execute(sql`
      insert into interchanges (id, kind, format, content_type, sender, receiver, control_reference,
        acknowledgement_requested, payload_sha256, size_bytes, received_at, actor_kind, actor_id)
      select gen_random_uuid(), kind, format, content_type, '5799999999999', '5798888888888', 'X' || n,
        acknowledgement_requested, payload_sha256, size_bytes,
        received_at + interval '1 day' + n * interval '1 second', actor_kind, actor_id
      from interchanges, generate_series(1, 4000) n where control_reference = 'E0'`);
    await db.execute(sql`
      insert into messages (id, interchange_id, position, reference, unh_identifier, message_type, version, sender,
        receiver, received_at, acknowledgement_requested, state, state_since)
      select gen_random_uuid(), id, n, 'Y' || n, '', 'DIS91', 'D9134L', sender, receiver, received_at, false,
        'delivered', received_at
      from interchanges, generate_series(1, 5) n where sender = '5799999999999'`);
    await db.execute(sql`vacuum analyze messages, interchanges, deliveries`);
  });

  test.each<[string, object]>([
    ["no filter", {}],
    ["a state", { state: "rejected" }],
    ["a party", { party: sender }],
    ["an envelope id", { controlReference: "E4" }],
    ["keys", { keys: "A0,E1" }],
    ["a flag", { receiptFlag: "late" }],
    ["a type", { messageType: "DIS91", limit: 5 }],
  ])("a list by %s reads few pages", async (_name, filter) => {
    const pages = await pagesTouched(() => listMessages(ctx(from), messagesBy(filter)));
    expect(pages).toBeLessThan(250);
  });

  test("a search by keys reads few pages", async () => {
    const body = search({ keys: ["A1", "E3", ids[0] ?? ""] });
    const pages = await pagesTouched(() => searchMessages(ctx(from), body));
    expect(pages).toBeLessThan(250);
  });
});

describe("one field for everything", () => {
  const found = async (text: string, actor: Actor) =>
    (await listMessages(ctx(actor), { ...messagesBy({}), ...readMessageText(text) })).items;

  test.each([
    [`${sender.slice(0, 4)} ${sender.slice(4)}`, { party: sender }],
    ["dis91", { messageType: "DIS91" }],
    [" E3 ", { keys: ["E3"] }],
    [sender.slice(0, 12), { keys: [sender.slice(0, 12)] }],
  ])("reads %s", (text, filter) => {
    expect(readMessageText(text)).toEqual(filter);
  });

  test("finds messages by message id and envelope id, and for others nothing", async () => {
    expect((await found("E3", from)).map(({ reference }) => reference)).toEqual(["B3", "A3"]);
    expect((await found("A1", to)).map(({ reference }) => reference)).toEqual(["A1"]);
    expect(await found("E3", stranger)).toEqual([]);
  });

  test.each([
    ["251248-4916", true],
    ["2512484916", true],
    ["3913484916", false],
    ["L000123", false],
  ])("%s looks like a personal number: %s", (text, isOne) => {
    expect(looksLikePersonalNumber(text)).toBe(isOne);
  });
});

test("states are counted whatever state is asked for, for the viewer's own messages only", async () => {
  const { items } = await listMessages(ctx(from), messagesBy({ limit: 100 }));
  const { states, isCut } = await countStates(ctx(from), messagesBy({ state: "dead" }));
  expect([...states.values()].reduce((sum, count) => sum + count, 0)).toBe(items.length);
  expect(states.get("rejected")).toBe(items.filter(({ state }) => state === "rejected").length);
  expect(states.get("rejected")).toBeGreaterThan(0);
  expect(isCut).toBe(false);
  expect((await countStates(ctx(stranger), messagesBy({}))).states.size).toBe(0);
});
