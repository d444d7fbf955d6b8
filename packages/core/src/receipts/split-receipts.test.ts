import { buildXmlReceipt, readEnvelope } from "@sor/edi";
import { beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { contentOf } from "../messages/content.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { readReceipts } from "./read-receipts.ts";

// An envelope whose messages go to two systems of its receiver: each has a part of it, under the same id.
const doctor = completeGln("579000295001");
const hospital = completeGln("579000295002");
const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let doctors: Awaited<ReturnType<typeof aVendor>>;
let hospitals: Awaited<ReturnType<typeof aVendor>>;

async function setUp(isOthers: boolean): Promise<void> {
  db = await testDatabase();
  [doctors, hospitals] = [await aVendor(db), await aVendor(db)];
  const other = isOthers ? await aVendor(db) : hospitals;
  await aLocation(db, { gln: doctor, supplierId: doctors.supplierId });
  await aLocation(db, { gln: hospital, supplierId: hospitals.supplierId });
  const main = await anEndpoint(db, { supplierId: hospitals.supplierId });
  await receives(db, hospital, main, [["DIS91", "D9134L"]]);
  await receives(db, hospital, await anEndpoint(db, { supplierId: other.supplierId }), [["DIS01", "D0134L"]]);
  const mailbox = await anEndpoint(db, { supplierId: doctors.supplierId });
  await receives(db, doctor, mailbox, [
    ["CTL02", "C0230Q"],
    ["CTL03", "C0330Q"],
  ]);
}

const messages = [
  { reference: "L1" },
  { reference: "L2", type: "DIS01", version: "D0134L" },
  { reference: "L3" },
  // No endpoint receives it: the gateway itself has refused it.
  { reference: "L4", type: "DIS01", version: "D0131L" },
];
const accept = (bytes: Buffer, of: typeof doctors) =>
  acceptInterchange(createContext(db, of.key, now), { bytes, gatewayParty: "SORGATEWAY" });
const send = () =>
  accept(anInterchange({ sender: doctor, receiver: hospital, reference: "K1", messages }), doctors);
let counter = 0;
async function answer(action: "4" | "7", named: readonly string[], envelope = "K1") {
  counter += 1;
  const kind = action === "4" ? "C0230Q+CTL02" : "C0330Q+CTL03";
  const ucm = named.map((reference) => `UCM+${reference}+MEDDIS:D:93A:UN:D9134L+${action}'`).join("");
  const { interchange } = await accept(
    Buffer.from(
      [
        `UNB+UNOC:3+${hospital}:14+${doctor}:14+260301:1200+R${counter}'UNH+M${counter}+CONTRL:D:93A:ZZ:${kind}'`,
        `UCI+${envelope}+${doctor}:14+${hospital}:14+${action}'${ucm}UNT+${3 + named.length}+M${counter}'UNZ+1+R${counter}'`,
      ].join(""),
    ),
    hospitals,
  );
  return interchange.messages[0]?.state;
}
async function states(): Promise<Record<string, unknown>> {
  const { rows } = await db.execute<{ reference: string; state: string }>(
    `select reference, state from messages where sender = '${doctor}' order by reference`,
  );
  return Object.fromEntries(rows.map(({ reference, state }) => [reference, state]));
}

describe("a receipt of one part", () => {
  beforeEach(() => setUp(false));

  test("that refuses its whole and names its messages does not apply to the other part, answered separately", async () => {
    await send();
    const part = { L1: "receipted-negative", L3: "receipted-negative", L4: "rejected" };
    expect(await answer("4", ["L1", "L3"])).toBe("queued");
    expect(await states()).toEqual({ ...part, L2: "queued" });
    expect(await answer("7", ["L2"])).toBe("queued");
    expect(await states()).toEqual({ ...part, L2: "receipted-positive" });
  });

  test("that names one of its messages refuses the others delivered with it", async () => {
    await send();
    await answer("4", ["L1"]);
    expect(await states()).toMatchObject({
      L1: "receipted-negative",
      L3: "receipted-negative",
      L2: "queued",
    });
  });

  test("that names none, where both are one supplier's, applies to all that was sent, as its sender reads it", async () => {
    await send();
    // What the gateway has refused was in neither part: a positive receipt does not contradict that.
    expect(await answer("7", [])).toBe("queued");
    const taken = "receipted-positive";
    expect(await states()).toEqual({ L1: taken, L2: taken, L3: taken, L4: "rejected" });
  });
});

test("a receipt of an envelope applies to what was delivered of it, not to what the gateway had refused", async () => {
  await setUp(false);
  const some = messages.filter(({ reference }) => reference === "L1" || reference === "L4");
  await accept(
    anInterchange({ sender: doctor, receiver: hospital, reference: "K2", messages: some }),
    doctors,
  );
  expect(await answer("7", [], "K2")).toBe("queued");
  expect(await states()).toEqual({ L1: "receipted-positive", L4: "rejected" });
});

test("a receipt that names no message applies to the part that its supplier received, where parts went to several", async () => {
  await setUp(true);
  await send();
  await answer("4", []);
  expect(await states()).toEqual({
    L1: "receipted-negative",
    L2: "queued",
    L3: "receipted-negative",
    L4: "rejected",
  });
});

test("receipts are read the same wherever their bytes are split", async () => {
  await setUp(false);
  const subject = readEnvelope(
    anInterchange({ sender: doctor, receiver: hospital, reference: "K1", messages }),
  ).interchanges[0];
  if (!subject) throw new Error("nothing was read");
  const times = { reference: "E1", messageReference: "M1", preparedAt: "2026-03-01T10:00" };
  const refusal = { reason: "NC", text: "Æ" } as const;
  const xml = buildXmlReceipt({ kind: "XCTL02", subject, refusal, ...times }) ?? new Uint8Array(0);
  const [envelope] = readEnvelope(xml).interchanges;
  if (!envelope) throw new Error("nothing was read");
  const whole = await readReceipts(contentOf(xml), envelope);
  expect(whole).toMatchObject([{ whole: "negative", original: { reference: "K1" } }]);
  async function* parts() {
    for (let at = 0; at < xml.length; at += 7) yield xml.subarray(at, at + 7);
  }
  expect(await readReceipts({ parts }, envelope)).toEqual(whole);
});
