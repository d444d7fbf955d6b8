import { readEnvelope } from "@sor/edi";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { getMessage } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import { resendMessage } from "../steering/operate-messages.ts";
import { aLocation, anEndpoint, aVendor, deliveryForms, receives, testDatabase } from "../testing/index.ts";
import { reportReceipt } from "./report-receipt.ts";

type PartyOf = { gln: string; key: Actor };
const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let counter = 0;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  db = await testDatabase();
});

async function aParty(types: [string, string][]): Promise<PartyOf> {
  const vendor = await aVendor(db);
  counter += 1;
  const gln = completeGln(`5790004${String(counter).padStart(5, "0")}`);
  await aLocation(db, { gln, supplierId: vendor.supplierId });
  await receives(db, gln, await anEndpoint(db, { supplierId: vendor.supplierId }), types);
  return { gln, key: vendor.key };
}

async function fetchAll({ gln, key }: PartyOf): Promise<Buffer[]> {
  const entries = await takeFromMailbox(ctx(key), { gln, limit: 100, visibilityTimeoutSeconds: 60 });
  const all: Buffer[] = [];
  for (const { id } of entries) all.push((await readFromMailbox(ctx(key), { gln, id })).bytes);
  if (entries.length > 0) await acknowledgeMailbox(ctx(key), { gln, ids: entries.map(({ id }) => id) });
  return all;
}

// A receipt in an SBDH is a transport signal; for a message in MedCom XML it is the message's own receipt.
describe.each(deliveryForms)("a receipt reported for a message in $name", (form) => {
  let doctor: PartyOf;
  let hospital: PartyOf;
  let id: string;
  let sentBytes: Buffer;
  const report = (messageId: string, outcome: "positive" | "negative") =>
    reportReceipt(ctx(hospital.key), { id: messageId, outcome, text: "Ukendt afsnit" });
  const shown = async (messageId: string) => await getMessage(ctx(doctor.key), { id: messageId });

  beforeEach(async () => {
    doctor = await aParty(form.receiptTypes);
    hospital = await aParty([form.messageType]);
    const [envelope, message] = [form.id("E1"), form.id("M1")];
    sentBytes = form.message({ sender: doctor.gln, receiver: hospital.gln, envelope, message });
    const taken = await acceptInterchange(ctx(doctor.key), { bytes: sentBytes, gatewayParty: "SORGATEWAY" });
    id = taken.interchange.messages[0]?.id ?? "";
    await fetchAll(hospital);
  });

  test.each(["positive", "negative"] as const)(
    "as %s: its sender gets it once, in the form of its submission, and the opposite is refused",
    async (outcome) => {
      const answer = await report(id, outcome);
      expect(answer).toMatchObject({ state: `receipted-${outcome}`, isRepeated: false });
      const [receipt, ...more] = await fetchAll(doctor);
      expect(more).toEqual([]);
      const [sent, got] = [sentBytes, receipt ?? sentBytes].map(
        (bytes) => readEnvelope(bytes).interchanges[0],
      );
      expect(got).toMatchObject({
        form: sent?.form,
        sender: { id: hospital.gln },
        receiver: { id: doctor.gln },
      });
      expect(got?.reference).not.toBe(sent?.reference);
      // The same receipt submitted by the receiver's own system has the same effect on the message: none.
      const { interchange } = await acceptInterchange(ctx(hospital.key), {
        bytes: form.receipt(outcome, sentBytes),
        gatewayParty: "SORGATEWAY",
      });
      expect(interchange.messages).toHaveLength(1);
      expect(await shown(id)).toMatchObject({
        state: `receipted-${outcome}`,
        receiptMessageId: answer.receiptMessageId,
        receiptFlag: null,
      });
      expect(await report(id, outcome)).toMatchObject({ isRepeated: true });
      await expect(report(id, outcome === "positive" ? "negative" : "positive")).rejects.toMatchObject({
        details: { fault: "receipt-contradicts" },
      });
    },
  );

  test.each(["positive", "negative"] as const)(
    "as %s, for a resent copy: recorded on the copy and on the original",
    async (outcome) => {
      const reason = "Ikke vist";
      const first = await resendMessage(ctx(doctor.key), { id, reason });
      await fetchAll(hospital);
      const copy = await resendMessage(ctx(doctor.key), { id: first.messageId, reason });
      await fetchAll(hospital);
      const { receiptMessageId } = await report(copy.messageId, outcome);
      for (const messageId of [copy.messageId, first.messageId, id]) {
        expect(await shown(messageId)).toMatchObject({ state: `receipted-${outcome}`, receiptMessageId });
      }
      // It names the ids that the sender's own system gave.
      const [receipt] = await fetchAll(doctor);
      const text = (receipt ?? sentBytes).toString("latin1");
      const isNamed = [form.id("M1"), Buffer.from(form.id("M1")).toString("base64").slice(0, 30)];
      if (!form.name.includes("around FHIR")) expect(isNamed.some((each) => text.includes(each))).toBe(true);
    },
  );

  test.each(["positive", "negative"] as const)(
    "by a %s receipt of its own system for a copy: recorded on both",
    async (outcome) => {
      const copy = await resendMessage(ctx(doctor.key), { id, reason: "Ikke vist" });
      const [bytes = sentBytes] = await fetchAll(hospital);
      await acceptInterchange(ctx(hospital.key), {
        bytes: form.receipt(outcome, bytes),
        gatewayParty: "SORGATEWAY",
      });
      for (const messageId of [copy.messageId, id])
        expect((await shown(messageId)).state).toBe(`receipted-${outcome}`);
    },
  );
});
