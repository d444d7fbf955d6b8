import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { makeSorId } from "@sor/core/identifiers";
import { scopes } from "@sor/core/permissions";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  anOrganisation,
  aVendor,
  receives,
  routingSamples,
  testDatabase,
} from "@sor/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "./server.ts";
import { testDeps } from "./testing/index.ts";
import { addressOf, bodiesOf, type Described, operations } from "./testing/operations.ts";
import { type Answered, askOver, type Way } from "./testing/socket-client.ts";
import { receiver, sender } from "./testing/two-vendors.ts";

/** Ways in which a client may send the same body and request the same answer. */
const ways: Readonly<Record<string, Way>> = {
  "with its length": {},
  "in chunks": { isChunked: true },
  "packed by gzip": { encoding: "gzip" },
  "packed by zstd, in chunks": { encoding: "zstd", isChunked: true },
};

const signingSecrets = [`whsec_${Buffer.alloc(32, 7).toString("base64")}`];
/** Query parameters that the document cannot express: one of several identifiers. */
const also: Readonly<Record<string, string>> = { "get /v1/routes": "&sorId=311000016009" };
/** Operations whose example is sound but meets nothing here, or a state that does not allow it. Every other one succeeds. */
const unmet: Readonly<Record<string, 404 | 409>> = {
  "get /v1/routes": 404,
  "get /v1/gln/{gln}": 404,
  "post /v1/gln/{gln}/$release": 409,
  "post /v1/gln/{gln}/$retire": 409,
  "post /v1/change-sets/{id}/$approve": 404,
  "post /v1/change-sets/{id}/$decline": 404,
  "post /v1/change-sets/{id}/$apply": 409,
  "post /v1/change-sets/{id}/$revert": 409,
  "post /v1/locations": 409,
  "post /v1/messages/{id}/$resend": 409,
  "post /v1/messages/{id}/$reroute": 409,
  "post /v1/messages/{id}/$release": 409,
  "post /v1/messages/$resend": 409,
  "get /v1/resends/{id}": 404,
  "post /v1/resends/{id}/$stop": 404,
  "post /v1/approvals/{id}/$decline": 409,
  "get /v1/alerts/{id}": 404,
  "get /v1/message-types/$bulk/{id}": 404,
  // The example is a dry run, and its key fits no switch.
  "get /v1/vendor-switches/{id}": 404,
  "get /v1/vendor-switches/{id}/message-types": 404,
  "post /v1/vendor-switches/$accept": 404,
  "post /v1/vendor-switches/{id}/$renew-key": 404,
  "post /v1/vendor-switches/{id}/$map": 404,
  "post /v1/vendor-switches/{id}/$stop": 404,
  "post /v1/vendor-switches/{id}/$return": 404,
  "post /v1/vendor-switches/{id}/$continue": 404,
  // The classification is empty here.
  "get /v1/shak/{shakCode}": 404,
  "get /v1/shak/{shakCode}/children": 404,
  // No snapshot is made here.
  "get /v1/deltas/{between}": 404,
  "get /v1/snapshots/latest": 404,
  "get /v1/snapshots/latest/{dataset}": 404,
  "get /v1/snapshots/{id}": 404,
};

/** A number of the lookup's table; to be closed, one that receives nothing. */
function glnOf(path: string): string {
  if (path.startsWith("/v1/routes")) return routingSamples.open;
  return path.endsWith("$close") ? sender : receiver;
}

const examples = Object.fromEntries(operations.map((each) => [each.name, bodiesOf(each)]));

/** A gateway on a socket with its own database and vendor, and one client with a keep-alive connection. */
async function aGateway(way: Way) {
  const db = await testDatabase();
  const { supplierId, key } = await aVendor(db, "Leverandør A/S");
  const { supplierId: toSupplierId } = await aVendor(db);
  const mailbox = () => anEndpoint(db, { supplierId });
  const webhook = () => anEndpoint(db, { supplierId, address: "https://edi.example.dk/in", signingSecrets });
  for (const gln of [sender, receiver]) await aLocation(db, { gln, supplierId });
  await receives(db, receiver, await mailbox(), [["DIS91", "D9134L"]]);
  const [owner, unit] = [makeSorId(1), "311000016009"];
  await anOrganisation(db, { sorId: owner });
  await anOrganisation(db, { sorId: unit, level: "institution", parentSorId: owner });
  // The authority gave this key the whole register, so that it may do what every operation's example does.
  const register = {
    role: "authority",
    scope: { kind: "all" },
    validFrom: new Date(0),
    validTo: null,
  } as const;
  const actor = { ...key, scopes, grants: [...key.grants, register] };
  const server = createGatewayServer(testDeps({ db, findKey: async () => ({ state: "valid", actor }) }));
  const origin = await listen(server, 0, "127.0.0.1");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = { opened: 0 };
  server.on("connection", () => {
    sockets.opened += 1;
  });
  const ask = (method: string, path: string, of: { type?: string; body?: string | Buffer } = {}) => {
    const headers = {
      authorization: "Bearer key",
      ...(of.type && { "content-type": of.type }),
      ...(method !== "GET" && { "if-match": "*" }),
    };
    const body = of.body === undefined ? {} : { body: Buffer.from(of.body) };
    return askOver(origin, { method, path, headers, ...body }, { ...way, agent });
  };

  const made = async (path: string, body: string | Buffer, type = "application/json") => {
    const answer = await ask("POST", path, { type, body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.body}`);
    return JSON.parse(answer.body) as { id: string; messages: { id: string }[] };
  };
  let sent = 0;
  const sendMessage = () => {
    sent += 1;
    const message = { sender, receiver, reference: `K${sent}`, messages: [{ reference: `L${sent}` }] };
    return made("/v1/interchanges", anInterchange(message), "application/EDIFACT");
  };
  const madeLike = (name: string) => made(name.slice(5), fitting(examples[name]?.[0]?.text ?? ""));
  const inMailbox = async () => {
    await sendMessage();
    const { body } = await ask("GET", `/v1/mailboxes/${receiver}/messages?visibilityTimeoutSeconds=0`);
    return (JSON.parse(body) as { items: { id: string }[] }).items[0]?.id ?? "";
  };
  let ranges = 0;
  const aRange = async () => {
    ranges += 1;
    const body = { prefix: "57900081", from: ranges * 10, to: ranges * 10 + 9 };
    return (await made("/v1/gln-ranges", JSON.stringify(body))).id;
  };
  /** The number of a change that can be undone: which operation writes the first entry is no part of this. */
  const sequenceFor = async (path: string) => {
    if (!path.startsWith("/v1/audit")) return "1";
    const first = "select min(sequence)::text as sequence from journal_entries where subject_type = 'unit'";
    return (await db.$client.query<{ sequence: string | null }>(first)).rows[0]?.sequence ?? "1";
  };
  const aRule = async () => {
    const { body } = await ask("GET", "/v1/approval-rules");
    return (JSON.parse(body) as { items: { id: string }[] }).items[0]?.id ?? "";
  };
  const makers: [path: RegExp, make: () => Promise<string>][] = [
    [/^\/v1\/endpoints.*\$test$/, mailbox],
    [/^\/v1\/endpoints/, webhook],
    [/^\/v1\/notices/, async () => (await madeLike("post /v1/notices")).id],
    [/^\/v1\/organisational-levels/, async () => (await madeLike("post /v1/organisational-levels")).id],
    [/^\/v1\/gln-ranges/, aRange],
    // A key approves nothing: those two are asked about a set that is not there.
    [
      /^\/v1\/change-sets(?!.*\$(?:approve|decline))/,
      async () => (await madeLike("post /v1/change-sets")).id,
    ],
    [/^\/v1\/approval-rules/, aRule],
    [/^\/v1\/systems/, async () => (await madeLike("post /v1/systems")).id],
    [/^\/v1\/alert-subscriptions/, async () => (await madeLike("post /v1/alert-subscriptions")).id],
    [/^\/v1\/subscriptions/, async () => (await madeLike("post /v1/subscriptions")).id],
    [/^\/v1\/mailboxes/, inMailbox],
    [/^\/v1\/interchanges/, async () => (await sendMessage()).id],
    [/^\/v1\/(?:messages|approvals)/, async () => (await sendMessage()).messages[0]?.id ?? ""],
  ];
  const ids = { endpoint: await mailbox(), other: await mailbox(), message: "" };
  ids.message = (await sendMessage()).messages[0]?.id ?? "";

  /** An example with this vendor's own ids in place of the documented ones. */
  function fitting(text: string): string {
    const own: Record<string, unknown> = {
      ...{ supplierId, toSupplierId, endpointId: ids.endpoint, moveTo: ids.other, ids: [ids.message] },
      ...{ parentSorId: owner, successors: [{ sorId: owner }] },
      name: randomUUID(),
    };
    return JSON.stringify(
      JSON.parse(text, (name, value: unknown) => (Object.hasOwn(own, name) ? own[name] : value)),
    );
  }

  /** Requests one operation with each of its examples. */
  const tryOut = async (described: Described): Promise<Answered[]> => {
    const make = makers.find(([path]) => path.test(described.path))?.[1];
    if (described.path.startsWith("/v1/gln/$")) await aRange();
    const bodies = bodiesOf(described);
    const answers: Answered[] = [];
    for (const body of bodies.length > 0 ? bodies : [undefined]) {
      const id = (described.path.includes("{id}") && (await make?.())) || randomUUID();
      const sequence = await sequenceFor(described.path);
      const known: Record<string, string> = {
        ...{ gln: glnOf(described.path), id, position: "1", sequence, from: "0", between: "1-2" },
        ...{ messageType: "DIS91", code: "DIS91", sorId: "311000016009", anything: "311000016009" },
        ...{ shakCode: "1301", list: "regions" },
      };
      const address = addressOf(described, (name) => known[name] ?? name) + (also[described.name] ?? "");
      const isJson = body?.type === "application/json";
      const of = body && { type: body.type, body: isJson ? fitting(body.text) : body.text };
      answers.push(await ask(described.method, address, of));
    }
    return answers;
  };
  return { tryOut, sockets, close: () => closeServer(server) };
}

const statusOf = ({ status, headers }: Answered) => ({ status, type: headers["content-type"] });

/** An answer without what differs between two gateways: ids, instants, secrets, and values derived from them. */
function comparable(answered: Answered) {
  const plain = answered.body
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "AT")
    .replaceAll(/whsec_[\w+/=]+/g, "SECRET")
    .replaceAll(/("(?:next|offset|etag|told)":|id: )"?[\w.-]+"?/g, "$1TAG")
    .replaceAll(/("hash":)"[0-9a-f]{64}"/g, "$1HASH")
    .replaceAll(/("(?:latencyMilliseconds|answer)":)\d+/g, "$1TIME")
    .replaceAll(/("(?:controlReference|reference)":)"[A-Z0-9]{14}"/g, "$1MADE");
  return { ...statusOf(answered), body: plain };
}

let gateways: Awaited<ReturnType<typeof aGateway>>[];
beforeAll(async () => {
  gateways = await Promise.all(Object.values(ways).map(aGateway));
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
});

/** Operations on the gateway itself, not on its data. */
const told = operations.filter(({ path }) => path !== "/metrics");

describe("over the socket, on a keep-alive connection", () => {
  test.each(told)("$name accepts its example and gives the same answer, however it is sent", async (each) => {
    if (each.operation.requestBody) expect(bodiesOf(each), "examples").not.toEqual([]);
    const [first = [], ...others] = await Promise.all(gateways.map((gateway) => gateway.tryOut(each)));
    for (const { status, body } of first) {
      expect(status < 300 ? "done" : status, body).toBe(unmet[each.name] ?? "done");
    }
    // How far the feeds can be read depends on open transactions elsewhere in the server, and so do their numbers.
    const shown = /notifications|stream|^\/v1\/changes/.test(each.path) ? statusOf : comparable;
    for (const other of others) expect(other.map(shown)).toEqual(first.map(shown));
  });

  test("only streams, which the client left, cost it its connection", () => {
    const streams = told.filter(({ operation }) => operation.responses[200]?.content?.["text/event-stream"]);
    for (const { sockets } of gateways) expect(sockets.opened).toBeLessThanOrEqual(1 + streams.length);
  });
});
