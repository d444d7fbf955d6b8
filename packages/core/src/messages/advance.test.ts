import { eq, inArray } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { advance, type Move } from "./advance.ts";
import { deadlineSeconds } from "./states.ts";
import { messageEvents, messages } from "./tables.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
const taken = new Date("2026-03-01T10:00:00Z");
const later = new Date("2026-03-01T11:00:00Z");
const writer = { actor: { kind: "system", job: "test" }, now: later } as const;
let db: Database;
let from: Awaited<ReturnType<typeof aVendor>>;

beforeAll(async () => {
  db = await testDatabase();
  from = await aVendor(db);
  const to = await aVendor(db);
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  const mailbox = await anEndpoint(db, { supplierId: to.supplierId });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
});

const rowOf = async (id: string) => (await db.select().from(messages).where(eq(messages.id, id)))[0];
const eventsOf = async (...ids: string[]) =>
  (
    await db
      .select()
      .from(messageEvents)
      .where(inArray(messageEvents.messageId, ids))
      .orderBy(messageEvents.id)
  ).map(({ event, fromState, toState }) => `${event}: ${fromState} > ${toState}`);

/** A message in state queued since `taken`. */
async function queued() {
  const ctx = createContext(db, from.key, taken);
  const bytes = anInterchange({ sender, receiver });
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  const row = await rowOf(interchange.messages[0]?.id ?? "");
  if (row?.state !== "queued") throw new Error("not queued");
  return row;
}
const move = (...list: Move[]) => db.transaction((tx) => advance(tx, writer, list));

test("a message that changes its state gets its time and deadline; each step is an event", async () => {
  const message = await queued();
  await move({ message, happenings: [{ event: "taken" }, { event: "attempt-failed" }, { event: "held" }] });
  const heldUntil = later.getTime() + (deadlineSeconds.held ?? 0) * 1000;
  expect(await rowOf(message.id)).toMatchObject({
    ...{ state: "held", stateSince: later, deadlineAt: new Date(heldUntil) },
  });
  expect((await eventsOf(message.id)).slice(-3)).toEqual([
    ...["taken: queued > delivering", "attempt-failed: delivering > queued", "held: queued > held"],
  ]);
});

test("a message that stays in its state keeps its time, and its deadline unless that is set", async () => {
  const message = await queued();
  await move({ message, happenings: [{ event: "overdue" }] });
  const { stateSince, deadlineAt } = message;
  expect(await rowOf(message.id)).toMatchObject({ state: "queued", stateSince, deadlineAt });
  await move({ message, happenings: [{ event: "overdue" }], set: { deadlineAt: null } });
  expect(await rowOf(message.id)).toMatchObject({ state: "queued", stateSince, deadlineAt: null });
});

test("columns set in one call are set on the right messages", async () => {
  const [first, second] = [await queued(), await queued()];
  await move(
    { message: first, happenings: [{ event: "held" }], set: { reason: "quarantine" } },
    { message: second, happenings: [{ event: "held" }], set: { reason: "paused" } },
  );
  expect([(await rowOf(first.id))?.reason, (await rowOf(second.id))?.reason]).toEqual([
    "quarantine",
    "paused",
  ]);
});

test("a message that changed its state since it was read is not moved, and neither are the others of that call", async () => {
  const [moved, other] = [await queued(), await queued()];
  await move({ message: moved, happenings: [{ event: "taken" }] });
  const before = await eventsOf(moved.id, other.id);
  const late = [moved, other].map((message): Move => ({ message, happenings: [{ event: "cancelled" }] }));
  await expect(move(...late)).rejects.toThrow("without holding its lock");
  expect([(await rowOf(moved.id))?.state, (await rowOf(other.id))?.state]).toEqual(["delivering", "queued"]);
  expect(await eventsOf(moved.id, other.id)).toEqual(before);
});

test("an event that cannot happen in the message's state is refused", async () => {
  const message = await queued();
  await expect(move({ message, happenings: [{ event: "released" }] })).rejects.toThrow("cannot be released");
});
