import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { type TakenDelivery, takeDeliveries } from "../deliveries/take-deliveries.ts";
import { resumeEndpoint } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { completeGln } from "../identifiers/index.ts";
import { listMessageEvents } from "../messages/read-messages.ts";
import { tendDeliveries } from "../redirection/tend-deliveries.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { acceptInterchange } from "./accept-interchange.ts";

// A receiver may answer a message before it has answered the HTTP request that carried it.
const doctor = completeGln("579000290001");
const hospital = completeGln("579000290002");
const worker = { kind: "system", job: "test" } as const;
let db: Database;
let doctors: Awaited<ReturnType<typeof aVendor>>;
let hospitals: Awaited<ReturnType<typeof aVendor>>;
let webhook: string;

beforeEach(async () => {
  db = await testDatabase();
  [doctors, hospitals] = [await aVendor(db), await aVendor(db)];
  await aLocation(db, { gln: doctor, supplierId: doctors.supplierId });
  await aLocation(db, { gln: hospital, supplierId: hospitals.supplierId });
  const address = "https://hospital.example.org/in";
  webhook = await anEndpoint(db, { supplierId: hospitals.supplierId, address });
  await receives(db, hospital, webhook, [["DIS91", "D9134L"]]);
  const mailbox = await anEndpoint(db, { supplierId: doctors.supplierId });
  await receives(db, doctor, mailbox, [["CTL03", "C0330Q"]]);
});

const positive = (reference: string) =>
  Buffer.from(
    [
      `UNB+UNOC:3+${hospital}:14+${doctor}:14+260301:1200+R${reference}'`,
      `UNH+M${reference}+CONTRL:D:93A:ZZ:C0330Q+CTL03'UCI+K1+${doctor}:14+${hospital}:14+7'`,
      `UCM+${reference}+MEDDIS:D:93A:UN:D9134L+7'UNT+4+M${reference}'UNZ+1+R${reference}'`,
    ].join(""),
  );

const submission = (bytes: Buffer) => ({ bytes, gatewayParty: "SORGATEWAY" });
const answer = (reference: string) =>
  acceptInterchange(createContext(db, hospitals.key, new Date()), submission(positive(reference)));

/** Two messages in one envelope, leased by a worker and not yet answered. */
async function underWay(): Promise<TakenDelivery> {
  const messages = [{ reference: "L1" }, { reference: "L2" }];
  const bytes = anInterchange({ sender: doctor, receiver: hospital, reference: "K1", messages });
  await acceptInterchange(createContext(db, doctors.key, new Date()), submission(bytes));
  const question = { limit: 1, leaseSeconds: 60, perEndpoint: 8, worker: "one" };
  const [taken] = await takeDeliveries(createContext(db, worker, new Date()), question);
  if (!taken) throw new Error("nothing was taken");
  return taken;
}

const record = (delivery: TakenDelivery) =>
  recordAttempt(createContext(db, worker, new Date()), {
    delivery,
    outcome: { kind: "delivered", status: 200 },
    startedAt: new Date(),
    latencyMilliseconds: 1,
    responseExcerpt: null,
    worker: "one",
    random: 0.5,
    gatewayParty: "SORGATEWAY",
  });

async function states(): Promise<Record<string, unknown>> {
  const { rows } = await db.execute<{ reference: string; state: string }>(
    sql`select reference, state from messages where sender = ${doctor} order by reference`,
  );
  return Object.fromEntries(rows.map(({ reference, state }) => [reference, state]));
}

test("a receipt for one message proves that its whole envelope arrived, even if the worker crashes first", async () => {
  const { messageIds } = await underWay();
  await answer("L2");
  expect(await states()).toEqual({ L1: "delivered", L2: "receipted-positive" });
  const events = await listMessageEvents(createContext(db, doctors.key, new Date()), {
    id: messageIds[0] ?? "",
  });
  expect(events.at(-1)).toMatchObject({ event: "delivered", detail: { reason: "receipt-for-companion" } });
  const { rows } = await db.execute(
    sql`select state, lease_until from deliveries where receiver = ${hospital}`,
  );
  expect(rows).toEqual([{ state: "done", lease_until: null }]);
});

test("what the worker records after the receipt changes nothing", async () => {
  const taken = await underWay();
  await answer("L1");
  await answer("L2");
  await record(taken);
  expect(await states()).toEqual({ L1: "receipted-positive", L2: "receipted-positive" });
});

test.each([
  ["8 for the whole", "+8'", "+7'"],
  ["1 for the whole", "+1'", "+7'"],
  ["2 for a message", "+7'", "+2'"],
])(
  "a receipt whose action code is %s is not applied to its message, and is refused with a reason",
  async (_, whole, own) => {
    await underWay();
    const text = positive("L1")
      .toString()
      .replace("14+7'", `14${whole}`)
      .replace("D9134L+7'", `D9134L${own}`);
    const { interchange } = await acceptInterchange(
      createContext(db, hospitals.key, new Date()),
      submission(Buffer.from(text)),
    );
    expect(interchange.messages).toMatchObject([{ state: "dead", reason: "SYN" }]);
    expect(interchange.notes).toMatchObject([{ code: "action-code", severity: "error" }]);
    expect(await states()).toEqual({ L1: "delivering", L2: "delivering" });
  },
);

test("a UN receipt for an interchange does not change the outcome of its messages", async () => {
  await underWay();
  const text = positive("L1")
    .toString()
    .replace("14+7'", "14+8'")
    .replace("D:93A:ZZ:C0330Q+CTL03", "D:3:UN")
    .replace(/UCM.*?'/, "")
    .replace("UNT+4", "UNT+3");
  await acceptInterchange(createContext(db, hospitals.key, new Date()), submission(Buffer.from(text)));
  expect(await states()).toEqual({ L1: "delivering", L2: "delivering" });
});

test("what is held and has a receipt already is not sent when the pause ends", async () => {
  await db.update(endpoints).set({ state: "paused" });
  const bytes = anInterchange({
    sender: doctor,
    receiver: hospital,
    reference: "K1",
    messages: [{ reference: "L1" }],
  });
  await acceptInterchange(createContext(db, doctors.key, new Date()), submission(bytes));
  expect(await states()).toEqual({ L1: "held" });
  await answer("L1");
  expect(await states()).toEqual({ L1: "receipted-positive" });
  await resumeEndpoint(createContext(db, worker, new Date()), { id: webhook });
  const later = createContext(db, worker, new Date(Date.now() + 3600_000));
  await tendDeliveries(later, { gatewayParty: "SORGATEWAY", limit: 100 });
  const question = { limit: 10, leaseSeconds: 60, perEndpoint: 8, worker: "one" };
  expect(await takeDeliveries(later, question)).toEqual([]);
  expect(await states()).toEqual({ L1: "receipted-positive" });
});

test("a receipt that arrives while the worker records its delivery waits for it, without a deadlock", async () => {
  await underWay();
  await db.transaction(async (tx) => {
    // Locks as a worker does: the delivery first, then its messages.
    await tx.execute(sql`select from deliveries where receiver = ${hospital} for update`);
    const answering = answer("L1");
    answering.catch(() => {});
    const isWaiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await db.execute(isWaiting)).rows.length === 0);
    await tx.execute(sql`select from messages where sender = ${doctor} for update`);
  });
  await expect.poll(states).toEqual({ L1: "receipted-positive", L2: "delivered" });
});
