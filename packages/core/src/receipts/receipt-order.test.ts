import { readEnvelope } from "@sor/edi";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { contentOf } from "../messages/content.ts";
import { readSingleEnvelope } from "../messages/read-single-envelope.ts";
import type { Actor } from "../permissions/index.ts";
import { tendDeliveries } from "../redirection/tend-deliveries.ts";
import { resendMessage } from "../steering/operate-messages.ts";
import { aLocation, anEndpoint, aVendor, deliveryForms, receives, testDatabase } from "../testing/index.ts";
import { holdsReceipt, readReceipts } from "./read-receipts.ts";

type PartyOf = { gln: string; key: Actor };
let db: Database;
let counter = 0;

beforeAll(async () => {
  db = await testDatabase();
});

async function aParty(types: [string, string][]): Promise<PartyOf> {
  const vendor = await aVendor(db);
  counter += 1;
  const gln = completeGln(`5790005${String(counter).padStart(5, "0")}`);
  await aLocation(db, { gln, supplierId: vendor.supplierId });
  await receives(db, gln, await anEndpoint(db, { supplierId: vendor.supplierId }), types);
  return { gln, key: vendor.key };
}

/** Events around one message, in any order and number. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.constant("send the message" as const) },
  { weight: 2, arbitrary: fc.constant("send it in a new envelope" as const) },
  { weight: 2, arbitrary: fc.constant("fetch and acknowledge" as const) },
  { weight: 1, arbitrary: fc.constant("fetch and forget" as const) },
  { weight: 3, arbitrary: fc.constant("receipt +" as const) },
  { weight: 3, arbitrary: fc.constant("receipt -" as const) },
  { weight: 1, arbitrary: fc.constant("resend by hand" as const) },
  { weight: 2, arbitrary: fc.constant("an hour" as const) },
  { weight: 1, arbitrary: fc.constant("six days" as const) },
);

const hour = 3_600_000;

describe.each(deliveryForms)("in any order of events, $name", (form) => {
  test("the sender is never told positive and then negative, or the reverse", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 2, maxLength: 9 }),
        fc.boolean(),
        async (happenings, isRoutable) => {
          const doctor = await aParty(form.receiptTypes);
          const hospital = await aParty([form.messageType]);
          const told = await play(form, { doctor, hospital, happenings, isRoutable });
          expect(new Set(told).size, `${happenings}: ${told}`).toBeLessThanOrEqual(1);
        },
      ),
      // New random inputs each time; a failure prints its seed.
      { numRuns: 5 },
    );
  });
});

type Play = {
  doctor: PartyOf;
  hospital: PartyOf;
  happenings: readonly string[];
  isRoutable: boolean;
};

/** Runs the events; returns the receipts that the doctor got for the message, in the order in which they were fetched. */
async function play(form: (typeof deliveryForms)[number], of: Play): Promise<string[]> {
  const { doctor, hospital, happenings, isRoutable } = of;
  let now = new Date("2026-03-01T10:00:00Z");
  let envelopes = 1;
  let messageId: string | undefined;
  const told: string[] = [];
  const ctx = (actor: Actor) => createContext(db, actor, now);
  const message = (envelope: number) =>
    form.message({
      sender: doctor.gln,
      receiver: hospital.gln,
      envelope: form.id(`E${envelope}`),
      message: form.id("M1"),
      isUnknownVersion: !isRoutable,
    });
  const send = async (bytes: Buffer, who: PartyOf) =>
    (await acceptInterchange(ctx(who.key), { bytes, gatewayParty: "SORGATEWAY" })).interchange;
  const fetchAll = async (who: PartyOf, end: "acknowledge" | "forget") => {
    const entries = await takeFromMailbox(ctx(who.key), {
      gln: who.gln,
      limit: 100,
      visibilityTimeoutSeconds: 60,
    });
    const all: Buffer[] = [];
    for (const { id } of entries) all.push((await readFromMailbox(ctx(who.key), { gln: who.gln, id })).bytes);
    const ids = entries.map(({ id }) => id);
    if (ids.length > 0 && end === "acknowledge")
      await acknowledgeMailbox(ctx(who.key), { gln: who.gln, ids });
    return all;
  };
  const pass = async (milliseconds: number) => {
    now = new Date(now.getTime() + milliseconds);
    const system = { kind: "system", job: "test" } as const;
    await tendDeliveries(ctx(system), { gatewayParty: "SORGATEWAY", limit: 100 });
  };
  const acts: Record<string, () => Promise<unknown>> = {
    "send the message": async () => {
      messageId = (await send(message(1), doctor)).messages[0]?.id;
    },
    "send it in a new envelope": async () => {
      envelopes += 1;
      await send(message(envelopes), doctor);
    },
    "fetch and acknowledge": () => fetchAll(hospital, "acknowledge"),
    "fetch and forget": () => fetchAll(hospital, "forget"),
    "receipt +": () => send(form.receipt("positive", message(1)), hospital),
    "receipt -": () => send(form.receipt("negative", message(1)), hospital),
    "resend by hand": async () => {
      if (!messageId) return;
      await resendMessage(ctx(doctor.key), { id: messageId, reason: "igen" }).catch(
        (error: { code?: string }) => {
          if (error.code !== "conflict") throw error;
        },
      );
    },
    "an hour": () => pass(hour),
    "six days": () => pass(6 * 24 * hour),
  };
  await send(message(1), doctor);
  for (const name of happenings) {
    await acts[name]?.();
    for (const bytes of await fetchAll(doctor, "acknowledge")) told.push(...(await saidIn(bytes)));
  }
  return told;
}

async function saidIn(bytes: Buffer): Promise<string[]> {
  const { envelope } = readSingleEnvelope(bytes);
  if (readEnvelope(bytes).interchanges.length !== 1 || !holdsReceipt(envelope)) return [];
  return (await readReceipts(contentOf(bytes), envelope)).flatMap(({ whole, messages }) =>
    (whole === "negative" || messages.length === 0
      ? [whole]
      : messages.map(({ polarity }) => polarity)
    ).flatMap((polarity) => polarity ?? []),
  );
}
