import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { completeGln } from "../identifiers/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { acceptInterchange } from "./accept-interchange.ts";
import { readFromMailbox, takeFromMailbox } from "./mailboxes.ts";

const db = await testDatabase();
const now = new Date("2026-03-01T10:00:00Z");
const [sender, gln] = [completeGln("579000200001"), completeGln("579000200002")];
const [from, to] = [await aVendor(db), await aVendor(db)];
await aLocation(db, { gln: sender, supplierId: from.supplierId });
await aLocation(db, { gln, supplierId: to.supplierId });
await receives(db, gln, await anEndpoint(db, { supplierId: to.supplierId }), [
  ["DIS91", "D9134L"],
  ["DIS01", "D0134L"],
]);

const send = (bytes: Buffer) =>
  acceptInterchange(createContext(db, from.key, now), { bytes, gatewayParty: "SORGATEWAY" });
const letter = (reference: string, type: string, version: string) =>
  anInterchange({ sender, receiver: gln, reference: "E1", letters: [{ reference, type, version }] });

test("both ids used before, but for a letter of another type: it is a letter of its own, carried and not lost", async () => {
  const [one, other] = [letter("M1", "DIS91", "D9134L"), letter("M1", "DIS01", "D0134L")];
  await send(one);
  const second = (await send(other)).interchange;
  expect(second.duplicate).toBeUndefined();

  const reading = createContext(db, to.key, now);
  const waiting = await takeFromMailbox(reading, { gln, limit: 10, visibilityTimeoutSeconds: 60 });
  const bytes = await Promise.all(waiting.map(({ id }) => readFromMailbox(reading, { gln, id })));
  expect(bytes.map((found) => found.bytes)).toEqual([one, other]);

  const again = (await send(other)).interchange;
  expect(again).toMatchObject({ id: second.id, duplicate: "duplicate", contentDiffers: false });
  await expect(send(letter("M2", "DIS01", "D0134L"))).rejects.toMatchObject({ code: "conflict" });
});
