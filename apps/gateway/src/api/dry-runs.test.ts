import type { Database } from "@sor/core";
import { makeSorId } from "@sor/core/identifiers";
import { anOrganisation, databaseContents, testDatabase } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { type Described, document, operations } from "../testing/operations.ts";
import { receiver, refuseAll, sender, twoVendors } from "../testing/two-vendors.ts";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;
let dead: string;
const reason = "rettet hos modtageren";
const unknown = "0196f1f0-0000-7000-8000-000000000000";

beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db);
  await anOrganisation(db, { sorId: owner });
  await anOrganisation(db, { sorId: unit, level: "institution", parentSorId: owner, name: "Klinik" });
  const dis01 = (reference: string) => ({ messages: [{ reference, type: "DIS01", version: "D0134L" }] });
  const { messageIds } = await gateway.send(dis01("D1"));
  dead = messageIds[0] ?? "";
  await gateway.send(dis01("D2"));
  await refuseAll(db, gateway.deps.clock());
});

type Case = {
  name: string;
  operation: string;
  /** The key, and the request: as a dry run, and for real. */
  key: string;
  ask: (isDry: boolean) => Promise<Response>;
  status: number;
  /** The part of a successful answer that both have. */
  told: (answer: Record<string, unknown>) => unknown;
};

const put = (name: string, status: number, key: string, registrations: unknown[], ifMatch = "*"): Case => ({
  ...{ name, status, key, operation: "put /v1/locations/{gln}/message-types" },
  ask: async (isDry) =>
    await gateway.ask(key, `/v1/locations/${receiver}/message-types${isDry ? "?dryRun=true" : ""}`, {
      method: "PUT",
      body: JSON.stringify({ registrations }),
      headers: { "content-type": "application/json", "if-match": ifMatch },
    }),
  told: ({ registrations, changes, warnings }) => ({ registrations, changes, warnings }),
});
const wanted = (messageType: string, version: string, more: object = {}) => ({
  ...{ messageType, version, direction: "send", ...more },
});
const dis91 = wanted("DIS91", "D9134L");

const resend = (name: string, status: number, key: string, choice: () => object): Case => ({
  ...{ name, status, key, operation: "post /v1/messages/$resend" },
  ask: async (isDry) =>
    await gateway.post(key, "/v1/messages/$resend", { ...choice(), reason, ...(isDry && { dryRun: true }) }),
  told: ({ willSend, messages, leftOut }) => ({ messages: willSend ?? messages, leftOut }),
});

const owner = makeSorId(1);
const unit = makeSorId(2);
const told = ["differences", "hash", "problems", "endings", "approvals", "subject"];

/** An edit of one unit or location number, by a program of the authority unless another key is named. */
const edit = (name: string, status: number, operation: string, body: object, key = "authority"): Case => {
  const [method = "", template = ""] = operation.split(" ");
  const path = template.replace("{sorId}", unit).replace("{gln}", receiver);
  return {
    ...{ name, status, key, operation },
    ask: async (isDry) =>
      await gateway.ask(key, `${path}${isDry ? "?dryRun=true" : ""}`, {
        method: method.toUpperCase(),
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", "if-match": "*" },
      }),
    told: (answer) => Object.fromEntries(told.map((member) => [member, answer[member]])),
  };
};
const newUnit = { level: "institution", validFrom: "2020-01-01", parentSorId: owner, name: "Klinik" };
const ofUnit = "/v1/organisations/{sorId}";

const group = { reason: "receiver-refused", receiver, messageType: "DIS01" };
const ofGroup = (what: string, name: string, status: number, key: string, of: object = group): Case => ({
  ...{ name, status, key, operation: `post /v1/dead-letters/$${what}` },
  ask: async (isDry) =>
    await gateway.post(key, `/v1/dead-letters/$${what}`, {
      group: of,
      reason,
      ...(isDry && { dryRun: true }),
    }),
  told: (answer) => answer,
});

// An accepted job tells its verdict by its result, which the tests of bulk edits compare.
const bulk: Case = {
  ...{ name: "a job by a key that may not edit", operation: "post /v1/message-types/$bulk", key: "bare" },
  ask: async (isDry) =>
    await gateway.post("bare", "/v1/message-types/$bulk", {
      ...{
        title: "Ophør",
        filter: {},
        steps: [{ step: "end", messageType: "DIS01", version: null, direction: null }],
      },
      ...(isDry && { dryRun: true }),
    }),
  status: 403,
  told: (answer) => answer,
};

/** Of a switch that is begun: its key and id are only given for real. */
const begun = (name: string, status: number, key: string, of: () => object): Case => ({
  ...{ name, status, key, operation: "post /v1/vendor-switches" },
  ask: async (isDry) =>
    await gateway.post(key, "/v1/vendor-switches", {
      ...{ waves: [{ day: "2031-01-01" }], glns: [receiver], ...of() },
      ...(isDry && { dryRun: true }),
    }),
  told: ({ locations, waves, code, errors }) => ({ locations, waves, code, errors }),
});
const mapped: Case = {
  ...{ name: "a switch that is not there", operation: "post /v1/vendor-switches/{id}/$map", key: "all" },
  ask: async (isDry) =>
    await gateway.post("all", `/v1/vendor-switches/${unknown}/$map`, {
      ...{ systemId: unknown, endpointId: unknown },
      ...(isDry && { dryRun: true }),
    }),
  status: 404,
  told: ({ code }) => code,
};

const noticeBody = {
  ...{ kind: "incident", state: "investigating", title: "Langsomt", text: "Vi undersøger." },
  ...{ priority: 2, services: ["edi-gateway"] },
};
const notice = (name: string, status: number, key: string, of: object = {}, path = "/v1/notices"): Case => ({
  ...{ name, status, key, operation: `post ${path.replace(unknown, "{id}")}` },
  ask: async (isDry) =>
    await gateway.post(key, path, {
      ...(path === "/v1/notices" ? noticeBody : { state: "resolved", text: "Det er løst." }),
      ...{ ...of, ...(isDry && { dryRun: true }) },
    }),
  told: ({ state, isSent }) => ({ state, isSent }),
});

const cases: Case[] = [
  notice("a notice", 201, "authority"),
  notice("an incident without a priority", 400, "authority", { priority: null }),
  notice("a notice about an unknown service", 400, "authority", { services: ["no-such-service"] }),
  notice("a notice by a vendor", 403, "all"),
  notice("an update of no notice", 404, "authority", {}, `/v1/notices/${unknown}/updates`),
  bulk,
  begun("a switch to itself", 400, "all", () => ({ toSupplierId: gateway.to.supplierId })),
  begun("a switch of another's", 403, "other", () => ({
    toSupplierId: gateway.to.supplierId,
    glns: [sender],
  })),
  begun("a switch", 201, "all", () => ({ toSupplierId: gateway.other.supplierId })),
  begun("a number that is switched already", 409, "all", () => ({ toSupplierId: gateway.other.supplierId })),
  mapped,
  resend("messages that can go", 202, "from", () => ({ ids: [dead] })),
  resend("no message", 409, "from", () => ({ ids: [unknown] })),
  resend("messages by a key that may not send", 409, "reading", () => ({ ids: [dead] })),
  resend("messages of another", 409, "other", () => ({ ids: [dead] })),
  ofGroup("retry", "a group by a key that may not", 200, "reading"),
  ofGroup("retry", "a group", 200, "to"),
  ofGroup("discard", "an empty group", 200, "to", { ...group, messageType: "DIS20" }),
  put("what is sound", 200, "all", [dis91]),
  put("what changes nothing", 200, "all", [dis91]),
  put("a type that is unknown", 400, "all", [wanted("DIS91", "D9199L")]),
  put("the same twice", 400, "all", [dis91, dis91]),
  put("no endpoint", 400, "all", [wanted("DIS91", "D9134L", { direction: "receive" })]),
  put("an old tag", 412, "all", [], '"0123456789abcdef"'),
  put("another's number", 403, "other", []),
  edit("a unit", 201, "post /v1/organisations", newUnit),
  edit("a unit below none", 400, "post /v1/organisations", { ...newUnit, parentSorId: null }),
  edit("a unit by a key that may not", 403, "post /v1/organisations", newUnit, "all"),
  edit("another name", 200, `put ${ofUnit}`, { ...newUnit, level: undefined, name: "Nyt navn" }),
  edit("the same name", 200, `put ${ofUnit}`, { ...newUnit, level: undefined, name: "Nyt navn" }),
  edit("a move below itself", 400, `post ${ofUnit}/$move`, { validFrom: "2031-01-01", parentSorId: unit }),
  edit("an unknown successor", 400, `post ${ofUnit}/$replace`, { successors: [{ sorId: makeSorId(99) }] }),
  edit("a closing", 200, `post ${ofUnit}/$close`, { validTo: "2031-01-01" }),
  edit("a number", 201, "post /v1/locations", { gln: "5790009001287", validFrom: "2020-01-01" }),
  edit("a number that is taken", 409, "post /v1/locations", { gln: receiver, validFrom: "2020-01-01" }),
  edit("another note", 200, "put /v1/locations/{gln}", { validFrom: "2031-01-01", note: "Flyttet" }),
  edit("a number's closing before it opened", 400, "post /v1/locations/{gln}/$close", {
    validFrom: "1999-01-01",
  }),
];

/** The parts of the description about an operation's request, and the schemas that it refers to. */
function askedWith({ operation }: Described): string {
  const text = JSON.stringify([operation.parameters, operation.requestBody]);
  const named = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  return [text, ...named.map(([, name = ""]) => JSON.stringify(document.components.schemas[name]))].join();
}

test("every operation with a dry run has a case here", () => {
  const dry = operations.filter((described) => askedWith(described).includes('"dryRun"'));
  const held = new Set(cases.map(({ operation }) => operation));
  expect([...held].sort()).toEqual(dry.map(({ name }) => name).sort());
});

/** A refusal without what differs between two requests, or the part of an answer that both have. */
async function verdict(answer: Response, told: Case["told"]) {
  const body = (await answer.json()) as Record<string, unknown>;
  const { requestId: _, ...problem } = body;
  return answer.ok ? { isOk: true, told: told(body) } : { status: answer.status, problem };
}

describe.each(cases)("$operation: $name, with the key $key", ({ ask, status, told }) => {
  test("gives the same answer as the real request, and changes nothing", async () => {
    const before = await databaseContents(db, ["journal_head"]);
    const dry = await verdict(await ask(true), told);
    expect(await databaseContents(db, ["journal_head"])).toEqual(before);
    const answer = await ask(false);
    expect(answer.status, await answer.clone().text()).toBe(status);
    expect(dry).toEqual(await verdict(answer, told));
  });
});
