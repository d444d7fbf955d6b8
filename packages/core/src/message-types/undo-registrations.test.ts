import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { completeGln, Gln } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import { type Actor, scopes } from "../permissions/index.ts";
import { aLocation, anEndpoint, aVendor, testDatabase } from "../testing/index.ts";
import {
  addRegistration,
  closeEndpoint,
  endRegistration,
  findLocationChange,
  listLocationHistory,
  listRegistrations,
  NewRegistration,
  previewUndo,
  RegistrationEnd,
  RegistrationSet,
  RegistrationUndo,
  registrationsEtag,
  setRegistrations,
  undoRegistrations,
} from "./index.ts";

const start = new Date("2011-01-01T10:00:00Z");
const hours = (count: number) => new Date(Date.parse("2026-03-01T10:00:00Z") + count * 3_600_000);
const system: Actor = { kind: "system", job: "test" };
const pair = { messageType: "DIS91", version: "D9134L" };
let db: Database;
let serial = 0;
let gln: Gln;
let supplierId: string;
let vendor: Extract<Actor, { kind: "key" }>;
let [first, second] = ["", ""];

beforeAll(async () => {
  db = await testDatabase();
  ({ supplierId, key: vendor } = await aVendor(db, "Leverandør A/S"));
  first = await anEndpoint(db, { supplierId });
  second = await anEndpoint(db, { supplierId });
});

const at = (instant: Date) => createContext(db, system, instant);
const rows = async (known?: Date) =>
  (await listRegistrations(at(hours(0)), { gln, knownAt: known })).map((row) => [
    row.endpointId,
    row.validFrom,
    row.validTo,
  ]);
const etag = async () => registrationsEtag(await listRegistrations(at(hours(0)), { gln }));

/** A location number that has received DIS91 at the first endpoint since 2011. */
async function receivingSince2011(): Promise<void> {
  gln = Gln.parse(completeGln(`57900${String(++serial).padStart(7, "0")}`));
  await aLocation(db, { gln, supplierId });
  await addRegistration(at(start), NewRegistration.parse({ gln, ...pair, endpointId: first }));
}

const set = async (instant: Date, wanted: object[], more: object = {}) =>
  await setRegistrations(
    at(instant),
    RegistrationSet.parse({
      gln,
      etag: await etag(),
      registrations: wanted.map((each) => ({ ...pair, ...each })),
      ...more,
    }),
  );
const undo = async (instant: Date, sequence: number | null, more: object = {}) =>
  await undoRegistrations(
    at(instant),
    RegistrationUndo.parse({ gln, sequence, etag: await etag(), ...more }),
  );

test("a type ended by mistake is received again, in its whole period since 2011", async () => {
  await receivingSince2011();
  const ended = await set(hours(0), []);
  const { plan, later } = await previewUndo(at(hours(1)), { gln, sequence: ended.sequence ?? 0 });
  expect(later).toBeNull();
  expect(plan.changes).toMatchObject([
    { kind: "added", before: [], after: [{ validFrom: start, validTo: null }] },
  ]);
  expect(await rows()).toEqual([[first, start, hours(0)]]);
  await undo(hours(1), ended.sequence);
  expect(await rows()).toEqual([[first, start, null]]);
  expect(await rows(hours(0.5))).toEqual([[first, start, hours(0)]]);
});

test("a first day moved by mistake is restored", async () => {
  await receivingSince2011();
  const moved = await set(hours(0), [{ endpointId: first, validFrom: "2027-01-01T00:00:00+01:00" }], {
    allowGaps: true,
  });
  expect(await rows()).toHaveLength(2);
  await undo(hours(1), moved.sequence);
  expect(await rows()).toEqual([[first, start, null]]);
});

test("the time in between is kept: the old endpoint applies again from now", async () => {
  await receivingSince2011();
  const moved = await set(hours(0), [{ endpointId: second, validFrom: start.toISOString() }]);
  await undo(hours(2), moved.sequence);
  expect((await rows()).toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
    [first, start, hours(0)],
    [second, hours(0), hours(2)],
    [first, hours(2), null],
  ]);
});

test("an added type ends now, and a future one is removed", async () => {
  await receivingSince2011();
  const added = await set(hours(0), [
    { endpointId: first, validFrom: start.toISOString() },
    { messageType: "DIS01", version: "D0134L", endpointId: first },
    { messageType: "DIS02", version: "D0234L", endpointId: first, validFrom: hours(100).toISOString() },
  ]);
  await undo(hours(1), added.sequence);
  const left = await listRegistrations(at(hours(1)), { gln });
  expect(left.map((row) => [row.messageType, row.validTo])).toEqual([
    ["DIS01", hours(1)],
    ["DIS91", null],
  ]);
});

test("an undo is a change of its own that refers to the undone one, and can be undone itself", async () => {
  await receivingSince2011();
  const ended = await set(hours(0), []);
  const undone = await undo(hours(1), ended.sequence);
  const line = await findLocationChange(at(hours(1)), { gln, sequence: undone.sequence ?? 0 });
  expect(line).toMatchObject({ undoes: ended.sequence, isUndoable: true, changes: [{ kind: "added" }] });
  const twice = await previewUndo(at(hours(2)), { gln, sequence: ended.sequence ?? 0 });
  expect(twice.later).toMatchObject({ fault: "undone", sequence: undone.sequence });
  await expect(undo(hours(2), ended.sequence)).rejects.toMatchObject({ code: "conflict" });
  await undo(hours(3), undone.sequence);
  expect((await rows())[0]).toEqual([first, start, hours(3)]);
});

test("later changes of the same type prevent an undo, changes of others do not", async () => {
  await receivingSince2011();
  const kept = { endpointId: first, validFrom: start.toISOString() };
  const limited = await set(hours(0), [{ ...kept, validTo: "2027-01-01T00:00:00+01:00" }]);
  const other = NewRegistration.parse({ gln, messageType: "DIS01", version: "D0134L", endpointId: first });
  await addRegistration(at(hours(1)), other);
  await undo(hours(2), limited.sequence);
  expect((await rows()).filter(([, from]) => Number(from) === Number(start))).toEqual([[first, start, null]]);
  const again = await set(hours(3), [{ ...kept, validTo: "2027-01-01T00:00:00+01:00" }]);
  const end = RegistrationEnd.parse({ gln, ...pair });
  await endRegistration(at(hours(4)), end);
  expect((await previewUndo(at(hours(5)), { gln, sequence: again.sequence ?? 0 })).later).toMatchObject({
    fault: "changed-since",
    at: hours(4),
  });
  await expect(undo(hours(5), again.sequence)).rejects.toMatchObject({ details: { fault: "changed-since" } });
});

test("a later change of another supplier is shown with its organisation, one of one's own with the person", async () => {
  await receivingSince2011();
  const ended = await set(hours(0), []);
  const own: Actor = { ...vendor, name: "Anna Andersen", scopes };
  const other: Actor = { ...own, name: "Bo Berg", supplierId: (await aVendor(db)).supplierId };
  const input = RegistrationUndo.parse({ gln, sequence: ended.sequence, etag: await etag() });
  await undoRegistrations(createContext(db, own, hours(1)), input);
  const whoFor = async (actor: Actor) =>
    (await previewUndo(createContext(db, actor, hours(2)), { gln, sequence: input.sequence })).later?.who;
  expect(await whoFor(own)).toBe("Anna Andersen");
  expect(await whoFor(other)).toBe("Leverandør A/S");
});

test("an impossible undo is rejected with its reason: the endpoint was closed since", async () => {
  await receivingSince2011();
  const own = await anEndpoint(db, { supplierId });
  await set(hours(0), [{ endpointId: own, validFrom: start.toISOString() }]);
  const ended = await set(hours(1), []);
  await closeEndpoint(at(hours(2)), { id: own, moveTo: null, reason: "nedlagt" });
  const { plan } = await previewUndo(at(hours(3)), { gln, sequence: ended.sequence ?? 0 });
  expect(plan.problems[0]).toMatchObject({ code: "endpoint-closed", severity: "error" });
  await expect(undo(hours(3), ended.sequence)).rejects.toMatchObject({ code: "invalid" });
});

test("a gap created by an undo is rejected until it is allowed", async () => {
  await receivingSince2011();
  await set(hours(0), []);
  const coming = { endpointId: first, validFrom: hours(100).toISOString() };
  await set(hours(1), [coming]);
  const sooner = await set(hours(2), [{ endpointId: first }]);
  await expect(undo(hours(3), sooner.sequence)).rejects.toMatchObject({
    details: { problems: [expect.objectContaining({ code: "gap" })] },
  });
  await undo(hours(3), sooner.sequence, { allowGaps: true });
  const left = await listRegistrations(at(hours(4)), { gln });
  expect(left.map((row) => row.validFrom)).toContainEqual(hours(100));
});

test("the ETag and the permission are checked, and another number's change is not found", async () => {
  await receivingSince2011();
  const ended = await set(hours(0), []);
  const input = RegistrationUndo.parse({ gln, sequence: ended.sequence, etag: "0123456789abcdef" });
  await expect(undoRegistrations(at(hours(1)), input)).rejects.toMatchObject({ code: "conflict" });
  const stranger = createContext(db, (await aVendor(db)).key, hours(1));
  await expect(undoRegistrations(stranger, input)).rejects.toMatchObject({ code: "not-allowed" });
  const mine = gln;
  await receivingSince2011();
  await expect(undo(hours(1), ended.sequence)).rejects.toMatchObject({ code: "not-found" });
  const [refused] = await listJournal(db, { gln: mine, outcome: "refused", limit: 1 });
  expect(refused?.action).toBe("registration.edit");
});

test("a move because of a closed endpoint is in the location number's history", async () => {
  await receivingSince2011();
  const own = await anEndpoint(db, { supplierId });
  await set(hours(0), [{ endpointId: own, validFrom: start.toISOString() }]);
  await closeEndpoint(at(hours(1)), { id: own, moveTo: second, reason: "nedlagt" });
  const { items } = await listLocationHistory(at(hours(2)), { gln });
  expect(items[0]).toMatchObject({ changes: [{ kind: "changed" }], isUndoable: false });
  const sequence = items[0]?.sequence ?? 0;
  await expect(previewUndo(at(hours(2)), { gln, sequence })).rejects.toMatchObject({ code: "not-found" });
});
