import { createContext, type Database } from "@sor/core";
import { draftChangeSet } from "@sor/core/changesets";
import { databaseContents, testDatabase } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { addressOf, type Described, document, operations, type Schema } from "../testing/operations.ts";
import { receiver, refuseAll, sender, twoVendors } from "../testing/two-vendors.ts";

const nowhere = "0196f1f0-0000-7000-8000-000000000000";
const unknownGln = "5790000000005";
const secret = "HEMMELIGHED";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;
/** The first vendors' data: the owner of every id and number. */
let asItWas: Awaited<ReturnType<typeof stateOfAll>>;
let theirs: { interchange: string; message: string; delivery: string; endpoint: string; set: string };

beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db);
  const waiting = await gateway.send({
    reference: "THEIRENVELOPE",
    messages: [{ reference: "THEIRS", text: secret }],
  });
  await gateway.send({ messages: [{ reference: "DEAD", type: "DIS01", version: "D0134L", text: secret }] });
  await refuseAll(db, gateway.deps.clock());
  const looked = await gateway.ask("to", `/v1/mailboxes/${receiver}/messages?visibilityTimeoutSeconds=0`);
  const { items } = z.object({ items: z.array(z.object({ id: z.string() })) }).parse(await looked.json());
  theirs = {
    interchange: waiting.id,
    message: waiting.messageIds[0] ?? "",
    delivery: items[0]?.id ?? "",
    endpoint: gateway.mailbox,
    set: await aSet(),
  };
  asItWas = await stateOfAll();
});

/** A draft of another key of the sender's supplier. */
async function aSet(): Promise<string> {
  const key = { ...gateway.from.key, scopes: ["registrations:write" as const] };
  const end = { kind: "registrations.end", gln: sender, messageType: "DIS91", version: "D9134L" };
  const ctx = createContext(db, key, gateway.deps.clock());
  return (await draftChangeSet(ctx, { title: secret, comment: null, commands: [end] })).id;
}

/** A value for a request parameter: one of the first vendors', or one that does not exist. */
function placeholderFor(path: string, name: string, whose: Whose): string {
  const isTheirs = whose === "theirs";
  const byName: Record<string, [string, string]> = {
    gln: [receiver, unknownGln],
    sender: [sender, unknownGln],
    receiver: [receiver, unknownGln],
    party: [sender, unknownGln],
    messageType: ["DIS91", "DIS91"],
    code: ["DIS91", "DIS91"],
    sorId: ["311000016009", "311000016009"],
    anything: ["311000016009", "311000016009"],
    ...{ shakCode: ["1301", "1301"], list: ["regions", "regions"] },
    reference: ["THEIRS", "NOBODYS"],
    controlReference: ["THEIRENVELOPE", "NOBODYS"],
    keys: ["THEIRS,THEIRENVELOPE", "NOBODYS"],
    ...{ position: ["1", "1"], sequence: ["1", "1"], from: ["0", "0"] },
  };
  const known = byName[name];
  if (known) return isTheirs ? known[0] : known[1];
  if (!isTheirs) return nowhere;
  if (path.startsWith("/v1/mailboxes/")) return theirs.delivery;
  if (path.startsWith("/v1/endpoints")) return theirs.endpoint;
  if (path.startsWith("/v1/change-sets")) return theirs.set;
  return path.startsWith("/v1/interchanges") ? theirs.interchange : theirs.message;
}

type Whose = "theirs" | "nobody's";

/** The resolved schema: follows references, and takes the first of alternatives. */
function resolved(schema: Schema): Schema {
  if (typeof schema.$ref === "string") {
    return resolved(document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  }
  const options = (schema.anyOf ?? schema.oneOf ?? schema.allOf) as Schema[] | undefined;
  return options?.[0] ? resolved(options[0]) : schema;
}

function textOf(path: string, schema: Schema, whose: Whose, name: string): string {
  if (typeof schema.const === "string") return schema.const;
  if (Array.isArray(schema.enum)) return String(schema.enum[0]);
  if (schema.format === "uuid") return placeholderFor(path, "id", whose);
  if (schema.format === "date-time") return "2026-03-01T00:00:00Z";
  const isTheirOwn = ["gln", "sender", "receiver", "reference"].includes(name);
  return isTheirOwn ? placeholderFor(path, name, whose) : "fordi det er en prøve";
}

/** A body that the schema allows, with the first vendors' ids, or unknown ones, wherever an id can be. */
function bodyOf(path: string, given: Schema, whose: Whose, name = ""): unknown {
  const schema = resolved(given);
  if (schema.type === "array") {
    return [bodyOf(path, schema.items as Schema, whose, name === "keys" ? "reference" : name)];
  }
  if (schema.type === "object") {
    const required = new Set((schema.required as string[]) ?? []);
    const properties = Object.entries((schema.properties as Record<string, Schema>) ?? {});
    const wanted = properties.filter(([key]) => required.has(key));
    return Object.fromEntries(wanted.map(([key, value]) => [key, bodyOf(path, value, whose, key)]));
  }
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  return textOf(path, schema, whose, name);
}

function requestOf(described: Described, whose: Whose) {
  const { method, path, operation } = described;
  const address = addressOf(described, (name) => placeholderFor(path, name, whose));
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const body =
    type === undefined || media === undefined
      ? undefined
      : type === "application/json"
        ? JSON.stringify(bodyOf(path, media.schema ?? {}, whose))
        : `UNB+UNOC:3+${sender}:14+${receiver}:14+260301:1201+FORGED'UNH+1+MEDDIS:D:93A:UN:D9134L+DIS91'UNT+2+1'UNZ+1+FORGED'`;
  const isChange = ["PUT", "PATCH", "DELETE"].includes(method);
  const headers = { ...(type && { "content-type": type }), ...(isChange && { "if-match": "*" }) };
  const init: RequestInit = { method, headers, ...(body !== undefined && { body }) };
  return { address, init };
}

// Refusals are recorded in the journal, so its head changes with them.
const unasked = ["journal_head"];
const stateOfAll = () => databaseContents(db, unasked);

const Answer = z.object({ status: z.number(), body: z.string() });
type Answer = z.infer<typeof Answer>;

/** An answer without what differs between any two requests, and without the ids in the request. */
async function plain(answer: Response, asked: string): Promise<Answer> {
  let body = (await answer.text()).replaceAll(/"requestId":"[^"]*"/g, "");
  const values = [asked, ...Object.values(theirs), nowhere, sender, receiver, unknownGln];
  for (const value of [...values, "THEIRENVELOPE", "THEIRS", "NOBODYS"]) body = body.replaceAll(value, "…");
  return { status: answer.status, body };
}

/** The first event of a stream, which has no end. */
async function firstOf(answer: Response): Promise<Response> {
  if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) return answer;
  const reader = answer.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return new Response(first?.value as Uint8Array<ArrayBuffer> | undefined, answer);
}

const theirWords = () => [secret, ...Object.values(theirs)];

/** The register is open to all keys: what a location number receives, from whom and where, is not secret. */
const isRegister = (path: string) =>
  /^\/v1\/(locations|routes|organisations|message-types|diff)\b/.test(path);

/** Whoever may edit something may draft a set or ask for a job of their own, which nobody else sees and which then needs each right. */
const draftsOwn = ({ name }: Described) =>
  name === "post /v1/change-sets" || name === "post /v1/message-types/$bulk";

/** A supplier's endpoints belong to no location number: a key limited to some numbers may not see or change them. */
const isOwnSuppliers = (path: string, key: string | undefined) =>
  key === "elsewhere" && /^\/v1\/endpoints\b/.test(path);

/** The answer reveals nothing about the first vendors except the names in the request. */
function expectNothingOfTheirs(body: string, address: string, init: RequestInit): void {
  const asked = `${address} ${typeof init.body === "string" ? init.body : ""}`;
  for (const word of theirWords()) if (!asked.includes(word)) expect(body).not.toContain(word);
}

const secured = operations.filter((each) => each.operation.security?.length && !draftsOwn(each));

describe.each(secured)("$name", (operation) => {
  test.each([
    ["another vendor's key", "other"],
    ["a key without scopes", "bare"],
    ["a key for another of its supplier's location numbers", "elsewhere"],
    ["no key", undefined],
  ])("reveals nothing and changes nothing with %s", async (_name, key) => {
    const { address, init } = requestOf(operation, "theirs");
    const answer = await firstOf(await gateway.ask(key, address, init));
    if (key === undefined) expect(answer.status).toBe(401);
    const isOwn = isOwnSuppliers(operation.path, key);
    if (isOwn) expect(answer.status).toBe(403);
    const isForAll = isOwn || isRegister(operation.path);
    const body = await answer.clone().text();
    if (answer.ok && !isForAll) expectNothingOfTheirs(body, address, init);
    expect(body).not.toContain(secret);
    expect(await stateOfAll()).toEqual(asItWas);

    if (isForAll) return;
    const other = requestOf(operation, "nobody's");
    const unknown = await firstOf(await gateway.ask(key, other.address, other.init));
    expect(await plain(answer, address)).toEqual(await plain(unknown, other.address));
  });
});

test("every operation under /v1 that shows or moves a message needs a key", () => {
  const open = operations.filter(
    ({ path, operation }) =>
      /^\/v1\/(interchanges|messages|mailboxes|dead-letters|notifications|deliveries)/.test(path) &&
      !operation.security?.length,
  );
  expect(open.map(({ name }) => name)).toEqual([]);
});

test("the requests are for existing data: its owners get it", async () => {
  for (const [key, address] of [
    ["from", `/v1/messages/${theirs.message}`],
    ["to", `/v1/messages/${theirs.message}/payload`],
    ["to", `/v1/mailboxes/${receiver}/messages/${theirs.delivery}`],
    ["from", `/v1/interchanges/${theirs.interchange}`],
  ] as const) {
    expect((await gateway.ask(key, address)).status, address).toBe(200);
  }
});
