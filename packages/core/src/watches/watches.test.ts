import { beforeEach, describe, expect, test } from "vitest";
import { deactivateUser } from "../access/index.ts";
import { asActor, type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { takeMessages } from "../outbox/index.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { setPhase, VersionPhaseFields } from "../phasing-out/index.ts";
import { canUnsubscribe, unsubscribe } from "../public-subscriptions/index.ts";
import {
  aLocation,
  anEndpoint,
  applySet,
  aSupplier,
  aUser,
  editorsOfRegister,
  newGln,
  unitToCreate,
} from "../testing/index.ts";
import {
  addWatch,
  listWatches,
  NewWatch,
  packWatchMails,
  removeWatch,
  setWatchDigest,
  spreadWatches,
} from "./index.ts";
import { watchPosition } from "./tables.ts";

let db: Database;
let system: Context;
let user: { userId: string; ctx: Context };
let gln: string;
let house: string;
let endpointId: string;

beforeEach(async () => {
  const world = await editorsOfRegister();
  ({ db, system, house } = world);
  const supplierId = await aSupplier(db, "Vores");
  const scope = { kind: "supplier", supplierId } as const;
  user = await aUser(db, "anna", { role: "vendor-editor", scope, supplierId }, system.now);
  gln = newGln();
  await aLocation(db, { gln, supplierId });
  endpointId = await anEndpoint(db, { supplierId });
  await spreadWatches(system);
});

const watch = (input: object, ctx = user.ctx) => addWatch(ctx, NewWatch.parse(input));
const add = (messageType: string, version: string) =>
  applySet(system, [
    {
      kind: "registrations.edit",
      gln,
      steps: [{ step: "add", messageType, version, endpointId }],
    },
  ]);
const spreadAll = async () => {
  while ((await spreadWatches(system)) > 0);
};
/** The mails that are made now. */
async function mails(at = system.now) {
  await spreadAll();
  const ctx = createContext(db, system.actor, at);
  await packWatchMails(ctx, { portalOrigin: "https://sor.example.dk", limit: 100 });
  return (await db.select().from(outboxMessages)).map(({ content }) => content);
}

describe("a type at a location number", () => {
  test("is told once, with the type and a link, by two workers at once; other types are not", async () => {
    await watch({ kind: "location", gln, messageType: "DIS91" });
    await add("REF01", "H0130R");
    expect(await mails()).toEqual([]);
    await add("DIS91", "D9134L");
    await Promise.all([spreadAll(), spreadAll()]);
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(mail?.text).toContain(`Lokationsnummer ${gln}\nMeddelelsestyper: DIS91\n`);
    expect(mail?.text).toMatch(new RegExp(`https://sor.example.dk/lokationer/${gln}/historik/\\d+\n`));
    expect(await mails()).toHaveLength(1);
  });

  test("every type, where none is named", async () => {
    await watch({ kind: "location", gln, messageType: null });
    await add("REF01", "H0130R");
    expect(await mails()).toHaveLength(1);
  });
});

test("from a unit downwards everything is told, also what is created there later", async () => {
  await watch({ kind: "unit", sorId: house });
  const [ward = ""] = await applySet(system, [
    unitToCreate(house, { level: "unit", attributes: { parentSorId: house, name: "Afsnit <B>\nnord" } }),
  ]);
  const [mail] = await mails();
  expect(mail?.subject).toBe("SOR: ændring af Afsnit <B> nord");
  expect(mail?.text).toContain(`https://sor.example.dk/enhed/${ward}`);
  expect(mail?.html).toContain("<h2>Afsnit &lt;B&gt; nord</h2>");
});

test("what happened before somebody watched is not told", async () => {
  await add("DIS91", "D9134L");
  await watch({ kind: "location", gln, messageType: "DIS91" });
  // The watch is newer than the entry, which no worker has compared yet.
  expect(await mails()).toEqual([]);
});

test("once a day means 07:00, with everything in one mail", async () => {
  await watch({ kind: "location", gln, messageType: null });
  await setWatchDigest(user.ctx, { digest: "daily" });
  await add("DIS91", "D9134L");
  await add("REF01", "H0130R");
  expect(await mails()).toEqual([]);
  const [mail] = await mails(new Date("2026-06-02T05:00:00Z"));
  expect(mail?.subject).toBe("SOR: 2 ændringer af det, du overvåger");
});

test("a deactivated account is not told", async () => {
  await watch({ kind: "location", gln, messageType: null });
  await deactivateUser(system, user.userId);
  await add("DIS91", "D9134L");
  expect(await mails()).toEqual([]);
});

test("the link of a mail ends the watches, and nobody else's", async () => {
  const other = await aUser(db, "bo", { role: "authority", scope: { kind: "all" } }, system.now);
  for (const { ctx } of [user, other]) await watch({ kind: "location", gln, messageType: null }, ctx);
  await add("DIS91", "D9134L");
  await mails();
  const taken = await takeMessages(system, { limit: 10, leaseSeconds: 60, channels: ["mail"] });
  const token = taken.find(({ address }) => address === "anna@example.org")?.unsubscribeToken ?? "";
  const nobody = createContext(db, { kind: "anonymous" }, system.now);
  expect(await canUnsubscribe(nobody, { token })).toBe(true);
  await unsubscribe(nobody, { token });
  expect(await canUnsubscribe(nobody, { token })).toBe(false);
  expect((await listWatches(user.ctx)).watches).toEqual([]);
  expect((await listWatches(other.ctx)).watches).toHaveLength(1);
});

describe("an account's list", () => {
  test("has each watch once, and only its own are removed", async () => {
    const other = await aUser(db, "bo", { role: "authority", scope: { kind: "all" } }, system.now);
    for (let times = 0; times < 2; times += 1) await watch({ kind: "unit", sorId: house });
    const { watches, address } = await listWatches(user.ctx);
    expect(watches).toMatchObject([{ kind: "unit", sorId: house, gln: null }]);
    expect(address).toBe("anna@example.org");
    const id = watches[0]?.id ?? "";
    await removeWatch(other.ctx, { id });
    expect((await listWatches(user.ctx)).watches).toHaveLength(1);
    await removeWatch(user.ctx, { id });
    expect((await listWatches(user.ctx)).watches).toEqual([]);
  });

  test("holds only what is registered, at most a hundred, and no key has one", async () => {
    await expect(watch({ kind: "location", gln: newGln(), messageType: null })).rejects.toMatchObject({
      code: "not-found",
      details: { field: "gln" },
    });
    for (let n = 10; n < 110; n += 1) await watch({ kind: "location", gln, messageType: `DIS${n}` });
    await expect(watch({ kind: "unit", sorId: house })).rejects.toMatchObject({ code: "too-many" });
    const key = asActor(user.ctx, { ...user.ctx.actor, kind: "key" } as never);
    await expect(listWatches(key)).rejects.toMatchObject({ code: "not-allowed" });
  });
});

test("a watcher that stops between two entries continues where it was", async () => {
  await watch({ kind: "location", gln, messageType: null });
  await add("DIS91", "D9134L");
  const before = await db.select().from(watchPosition);
  await spreadAll();
  // As after a crash that lost the commit: the entry is compared again, and told once all the same.
  await db.update(watchPosition).set({ sequence: before[0]?.sequence ?? 0 });
  expect(await mails()).toHaveLength(1);
});

describe("the phasing out of a version", () => {
  const phasedOut = async () => {
    const phase = {
      phasedOutFrom: "2099-01-01",
      endsOn: "2099-07-01",
      successor: { messageType: "DIS01", version: "D0134L" },
    };
    await setPhase(system, VersionPhaseFields.parse({ messageType: "DIS01", version: "D0133L", phase }));
  };

  test("is told those whose location numbers receive it, with its days, its successor and a link; others are not told", async () => {
    const scope = { kind: "supplier", supplierId: await aSupplier(db, "Deres") } as const;
    const other = await aUser(
      db,
      "bo",
      { role: "vendor-editor", scope, supplierId: scope.supplierId },
      system.now,
    );
    await add("DIS01", "D0133L");
    for (const ctx of [user.ctx, user.ctx, other.ctx]) await watch({ kind: "versions" }, ctx);
    expect((await listWatches(user.ctx)).watches).toMatchObject([{ kind: "versions" }]);
    await phasedOut();
    const made = await mails();
    expect(made.map(({ subject }) => subject)).toEqual(["SOR: ændring af DIS01 D0133L"]);
    for (const said of ["udfases fra 01-01-2099", "Sidste dag: 30-06-2099", "DIS01 D0134L", "/udfasning"])
      expect(made[0]?.text).toContain(said);
  });

  test("is told who watches a location number that receives it, unless they watch another type", async () => {
    await add("DIS01", "D0133L");
    await watch({ kind: "location", gln, messageType: "CTL01" });
    await phasedOut();
    expect(await mails()).toEqual([]);
    await watch({ kind: "location", gln, messageType: null });
    await setPhase(
      system,
      VersionPhaseFields.parse({ messageType: "DIS01", version: "D0133L", phase: null }),
    );
    expect((await mails()).map(({ text }) => text.includes("udfases ikke længere"))).toEqual([true]);
  });
});
