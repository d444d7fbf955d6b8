import { readEnvelope } from "@sor/edi";
import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { getMessage } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { hasFirstOutcome } from "../tracking/first-outcome.ts";
import { listMessages } from "../tracking/list-messages.ts";
import { MessageFilter } from "../tracking/schemas.ts";
import { reportReceipt } from "./report-receipt.ts";

const sender = completeGln("579000800001");
const receiver = completeGln("579000800002");
const gatewayParty = "SORGATEWAY";
let db: Database;
let now = new Date("2026-03-01T10:00:00Z");
let from: Actor;
let to: Actor;
let stranger: Actor;
let counter = 0;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  db = await testDatabase();
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [a.key, b.key, c.key];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: b.supplierId }), [["DIS91", "D9134L"]]);
});

async function aMessage() {
  counter += 1;
  const reference = `E${counter}`;
  const messages = [{ reference: `L${counter}` }];
  const bytes = anInterchange({ sender, receiver, reference, messages, acknowledgement: "1" });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty });
  return { id: interchange.messages[0]?.id ?? "", interchangeId: interchange.id, reference };
}

async function fetchAll(gln: string, actor: Actor): Promise<Buffer[]> {
  const entries = await takeFromMailbox(ctx(actor), { gln, limit: 100, visibilityTimeoutSeconds: 60 });
  const all = [];
  for (const { id } of entries) all.push((await readFromMailbox(ctx(actor), { gln, id })).bytes);
  if (entries.length > 0) await acknowledgeMailbox(ctx(actor), { gln, ids: entries.map(({ id }) => id) });
  return all;
}

describe("a receipt that the receiver reports", () => {
  test.each([
    [{ outcome: "positive" }, "receipted-positive", "CTL03", "7"],
    [{ outcome: "negative", reason: "NC", text: "Ukendt afsnit" }, "receipted-negative", "CTL02", "4"],
  ] as const)(
    "of %j reaches the sender in the form of its submission",
    async (report, state, code, action) => {
      const message = await aMessage();
      await fetchAll(receiver, to);
      expect(await hasFirstOutcome(ctx(from), { ids: [message.interchangeId] })).toBe(true);
      const answer = await reportReceipt(ctx(to), { id: message.id, ...report });
      expect(answer).toMatchObject({ state, isRepeated: false });
      const [bytes] = await fetchAll(sender, from);
      const [envelope] = readEnvelope(bytes ?? Buffer.from("")).interchanges;
      expect(envelope).toMatchObject({
        sender: { id: receiver },
        receiver: { id: sender },
        messages: [{ code }],
      });
      expect(bytes?.toString("latin1")).toContain(
        `UCI+${message.reference}+${sender}:14+${receiver}:14+${action}`,
      );
      const shown = await getMessage(ctx(from), { id: message.id });
      expect(shown).toMatchObject({ state, receiptMessageId: answer.receiptMessageId });
    },
  );

  test("is given once: repeating it changes nothing, the opposite is refused", async () => {
    const { id } = await aMessage();
    await fetchAll(receiver, to);
    const first = await reportReceipt(ctx(to), { id, outcome: "positive" });
    const again = await reportReceipt(ctx(to), { id, outcome: "positive" });
    expect(again).toEqual({ ...first, isRepeated: true });
    await expect(reportReceipt(ctx(to), { id, outcome: "negative" })).rejects.toMatchObject({
      details: { fault: "receipt-contradicts" },
    });
    expect((await fetchAll(sender, from)).length).toBe(1);
    const receiptId = first.receiptMessageId ?? "";
    await expect(reportReceipt(ctx(from), { id: receiptId, outcome: "positive" })).rejects.toMatchObject({
      details: { fault: "not-answerable" },
    });
  });

  test("is negative with the receiver's text or the default one, and is not repeated with another", async () => {
    const [worded, plain] = [await aMessage(), await aMessage()];
    await fetchAll(receiver, to);
    const said = { outcome: "negative", reason: "NC", text: "Ukendt afsnit" } as const;
    const first = await reportReceipt(ctx(to), { id: worded.id, ...said });
    expect(await reportReceipt(ctx(to), { id: worded.id, ...said })).toEqual({ ...first, isRepeated: true });
    for (const other of [{ text: "Et andet afsnit" }, { reason: "SYN" as const }]) {
      await expect(reportReceipt(ctx(to), { id: worded.id, ...said, ...other })).rejects.toMatchObject({
        ...{ code: "conflict", details: { fault: "receipt-given" } },
      });
    }
    await reportReceipt(ctx(to), { id: plain.id, outcome: "negative", reason: "NC" });
    const texts = (await fetchAll(sender, from)).map(
      (bytes) => /FTX\+NC\+P00\+\+(.+?)'/.exec(bytes.toString("latin1"))?.[1],
    );
    expect(texts).toEqual(["Ukendt afsnit", expect.stringContaining("modtageren har ikke taget imod det")]);
  });

  test("that was submitted as a message is not repeated with a text", async () => {
    const { id, reference } = await aMessage();
    await fetchAll(receiver, to);
    const contrl = `UNB+UNOC:3+${receiver}:14+${sender}:14+260301:1200+C9'UNH+R9+CONTRL:D:93A:ZZ:C0230Q+CTL02'UCI+${reference}+${sender}:14+${receiver}:14+4'UNT+3+R9'UNZ+1+C9'`;
    await acceptInterchange(ctx(to), { bytes: Buffer.from(contrl), gatewayParty });
    expect(await reportReceipt(ctx(to), { id, outcome: "negative", reason: "NC" })).toMatchObject({
      ...{ state: "receipted-negative", isRepeated: true },
    });
    await expect(
      reportReceipt(ctx(to), { id, outcome: "negative", text: "Ukendt afsnit" }),
    ).rejects.toMatchObject({ details: { fault: "receipt-given" } });
    await fetchAll(sender, from);
  });

  test("can be given only by the receiver", async () => {
    const { id, interchangeId } = await aMessage();
    expect(await hasFirstOutcome(ctx(from), { ids: [interchangeId] })).toBe(false);
    await expect(reportReceipt(ctx(from), { id, outcome: "positive" })).rejects.toMatchObject({
      code: "not-allowed",
    });
    await expect(reportReceipt(ctx(stranger), { id, outcome: "positive" })).rejects.toMatchObject({
      code: "not-found",
    });
    await fetchAll(receiver, to);
  });

  test("is listed as late when it arrives after it was due, or as unknown or contradictory", async () => {
    const { id, reference } = await aMessage();
    await fetchAll(receiver, to);
    const due = now;
    now = new Date(now.getTime() + 3 * 86_400_000);
    await reportReceipt(ctx(to), { id, outcome: "positive" });
    const flagged = async (receiptFlag: string) =>
      (await listMessages(ctx(from), MessageFilter.parse({ receiptFlag }))).items.map((item) => item.id);
    expect(await flagged("late")).toEqual([id]);
    const contrl = (envelope: string, key: string) =>
      Buffer.from(
        [
          `UNB+UNOC:3+${receiver}:14+${sender}:14+260301:1200+C${key}'UNH+R${key}+CONTRL:D:93A:ZZ:C0230Q+CTL02'`,
          `UCI+${envelope}+${sender}:14+${receiver}:14+4'UNT+3+R${key}'UNZ+1+C${key}'`,
        ].join(""),
      );
    await acceptInterchange(ctx(to), { bytes: contrl(reference, "1"), gatewayParty });
    await acceptInterchange(ctx(to), { bytes: contrl("NOWHERE", "2"), gatewayParty });
    expect(await flagged("contradictory")).toContain(id);
    expect((await flagged("unknown")).length).toBe(1);
    now = due;
  });
});
