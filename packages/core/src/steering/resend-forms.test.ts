import { readEnvelope } from "@sor/edi";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, aVendor, deliveryForms, receives, testDatabase } from "../testing/index.ts";
import { listSteps } from "./list-steps.ts";
import { resendMessage } from "./operate-messages.ts";

const now = new Date("2026-03-01T10:00:00Z");
const sender = "5790000120420";
const receiver = "5790000128686";
let db: Database;
let from: Actor;
let to: Actor;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  db = await testDatabase();
  const [a, b] = [await aVendor(db), await aVendor(db)];
  [from, to] = [a.key, b.key];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const types = new Map(deliveryForms.map(({ messageType }) => [messageType[0], messageType]));
  await receives(db, receiver, await anEndpoint(db, { supplierId: b.supplierId }), [...types.values()]);
});

async function fetchOne(): Promise<Buffer> {
  const question = { gln: receiver, limit: 10, visibilityTimeoutSeconds: 60 };
  const [entry] = await takeFromMailbox(ctx(to), question);
  if (!entry) throw new Error("nothing is there");
  const { bytes } = await readFromMailbox(ctx(to), { gln: receiver, id: entry.id });
  await acknowledgeMailbox(ctx(to), { gln: receiver, ids: [entry.id] });
  return bytes;
}

const envelopeOf = (bytes: Uint8Array) => {
  const { interchanges, findings } = readEnvelope(bytes);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  return interchanges[0];
};

test.each(deliveryForms)("resending is offered for $name, and sends the same message", async (form) => {
  const number = deliveryForms.indexOf(form);
  const ids = { envelope: form.id(`E${number}`), message: form.id(`M${number}`) };
  const bytes = form.message({ sender, receiver, ...ids });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty: "SORGATEWAY" });
  const id = interchange.messages[0]?.id ?? "";
  const first = await fetchOne();
  expect(await listSteps(ctx(from), { id })).toContain("resend");
  expect(await listSteps(ctx(to), { id })).not.toContain("resend");
  await resendMessage(ctx(from), { id, reason: "modtageren bad om det" });
  const again = await fetchOne();
  const [before, after] = [envelopeOf(first), envelopeOf(again)];
  expect(after?.reference).not.toBe(before?.reference);
  expect(after?.messages.map(({ reference }) => reference)).toEqual(
    before?.messages.map(({ reference }) => reference),
  );
});
