import { buildContrl, readEnvelope } from "@sor/edi";
import { beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { getMessage } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aLocation,
  anEmessageOf,
  anEndpoint,
  anInterchange,
  aVendor,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { acceptInterchange } from "./accept-interchange.ts";

const now = new Date("2026-03-01T10:00:00Z");
const [sender, receiver] = ["5790000120420", "5790000128686"];
let db: Database;
let from: Actor;
let to: Actor;

beforeEach(async () => {
  db = await testDatabase();
  const [sending, receiving] = [await aVendor(db), await aVendor(db)];
  [from, to] = [sending.key, receiving.key];
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  await aLocation(db, { gln: receiver, supplierId: receiving.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: receiving.supplierId }), [
    ["DIS91", "D9134L"],
    ["DIS01", "D0134L"],
    ["XDIS91", "XD9134L"],
    ["REF01", "H0130R"],
  ]);
});

const send = async (bytes: Buffer) =>
  (await acceptInterchange(createContext(db, from, now), { bytes, gatewayParty: "SORGATEWAY" })).interchange;

/** Everything in the receiver's mailbox, which is then acknowledged. */
async function fetched(): Promise<Buffer[]> {
  const ctx = createContext(db, to, now);
  const entries = await takeFromMailbox(ctx, { gln: receiver, limit: 100, visibilityTimeoutSeconds: 60 });
  const ids = entries.map(({ id }) => id);
  const all = await Promise.all(
    ids.map(async (id) => (await readFromMailbox(ctx, { gln: receiver, id })).bytes),
  );
  await acknowledgeMailbox(ctx, { gln: receiver, ids });
  return all;
}

const forms: { name: string; make: (envelope: string, ...messages: string[]) => Buffer }[] = [
  {
    name: "EDIFACT",
    make: (reference, ...messages) =>
      anInterchange({ sender, receiver, reference, messages: messages.map((id) => ({ reference: id })) }),
  },
  {
    name: "MedCom XML",
    make: (envelope, ...messages) =>
      anEmessageOf(
        envelope,
        messages.map((message) => ({ message, sender, receiver })),
      ),
  },
];

describe.each(forms)("in $name", ({ make }) => {
  test.each([
    ["first", ["M1", "M2"]],
    ["last", ["M2", "M1"]],
  ])(
    "of a new envelope whose %s message has been seen the receiver gets only the other",
    async (_, messages) => {
      await send(make("E1", "M1"));
      await fetched();
      const taken = await send(make("E2", ...messages));
      expect(taken).toMatchObject({ duplicate: "receipt-lost", controlReference: "E2" });
      expect(await fetched()).toEqual([make("E2", "M2")]);
    },
  );

  test("a used envelope id is refused with another message, and with one more", async () => {
    await send(make("E1", "M1"));
    for (const messages of [["M2"], ["M1", "M2"]]) {
      await expect(send(make("E1", ...messages))).rejects.toMatchObject({
        ...{ code: "conflict", details: { fault: "envelope-reused" } },
      });
    }
    expect(await fetched()).toHaveLength(1);
  });

  test("two messages with one id are refused together, and the next with that id alone is carried", async () => {
    const taken = await send(make("E1", "M1", "M1", "M2"));
    expect(taken.messages.map(({ reference, state, reason }) => [reference, state, reason])).toEqual([
      ["M1", "rejected", "SYN"],
      ["M1", "rejected", "SYN"],
      ["M2", "queued", null],
    ]);
    expect(await fetched()).toEqual([make("E1", "M2")]);
  });

  test("messages without an id are refused, never treated as duplicates, and refused the same way again", async () => {
    const first = await send(make("E1", " "));
    expect(first.messages).toMatchObject([{ state: "rejected", reason: "SYN" }]);
    const other = await send(make("E2", " "));
    expect(other).not.toHaveProperty("duplicate");
    expect(other.id).not.toBe(first.id);
    expect(await send(make("E1", " "))).toMatchObject({ id: first.id, duplicate: "duplicate" });
    expect(await fetched()).toEqual([]);
  });

  test("an envelope without an id is refused", async () => {
    await expect(send(make(" ", "M1"))).rejects.toMatchObject({ details: { fault: "envelope-incomplete" } });
  });
});

test("of messages of two types with one id, a receipt for one does not apply to the other", async () => {
  const messages = [
    { reference: "M1", type: "DIS91", version: "D9134L" },
    { reference: "M1", type: "REF01", version: "H0130R" },
  ];
  const text = anInterchange({ sender, receiver, reference: "E1", messages }).toString("latin1");
  const bytes = Buffer.from(text.replace("MEDDIS:D:93A:UN:H0130R", "MEDREF:D:93A:UN:H0130R"), "latin1");
  const taken = await send(bytes);
  expect(taken.messages.map(({ state }) => state)).toEqual(["queued", "queued"]);
  const [envelope] = readEnvelope(bytes).interchanges;
  if (!envelope) throw new Error("nothing was read");
  const receipt = buildContrl({
    ...{ kind: "CTL02", subject: envelope, reference: "R1", messageReference: "R1" },
    ...{ preparedAt: "2026-03-01T12:01", messages: [{ index: 1, refusal: { reason: "NC", text: "nej" } }] },
  });
  const ctx = createContext(db, to, now);
  await acceptInterchange(ctx, { bytes: Buffer.from(receipt ?? []), gatewayParty: "SORGATEWAY" });
  const states = await Promise.all(
    taken.messages.map(async ({ id }) => (await getMessage(ctx, { id })).state),
  );
  // The other message arrived with it, and its own receipt is outstanding.
  expect(states).toEqual(["delivered", "receipted-negative"]);
});

test("an envelope id is unique across message types; a message id is unique per type", async () => {
  const message = (reference: string, type: "DIS91" | "DIS01") => {
    const version = { DIS91: "D9134L", DIS01: "D0134L" }[type];
    return anInterchange({ sender, receiver, reference, messages: [{ reference: "M1", type, version }] });
  };
  await send(message("E1", "DIS91"));
  await expect(send(message("E1", "DIS01"))).rejects.toMatchObject({ details: { fault: "envelope-reused" } });
  expect(await send(message("E2", "DIS01"))).not.toHaveProperty("duplicate");
  expect(await fetched()).toEqual([message("E1", "DIS91"), message("E2", "DIS01")]);
});
