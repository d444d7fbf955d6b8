import { isDeepStrictEqual } from "node:util";
import { inArray, isNull, sql } from "drizzle-orm";
import type { ChangedSubject } from "../context.ts";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { endpoints, locations, locationVersions } from "../endpoints/tables.ts";
import { findUnallocated, lockNumbers } from "../location-numbers/index.ts";
import { registrations } from "../message-types/tables.ts";
import { refreshSearchTexts } from "../organisations/index.ts";
import {
  organisationSuccessors,
  organisations,
  organisationVersions,
  organisationWithdrawals,
} from "../organisations/tables.ts";
import type { Action } from "../permissions/index.ts";
import type { Recuts } from "./differences.ts";
import { entriesOf } from "./entries.ts";
import type { RegisterCopy } from "./register-copy.ts";

const rowsAtOnce = 500;

/** The register changed between reading and writing: run the commands again. */
export class Outdated extends Error {}

/**
 * Writes what the commands changed, and gives the journal entries. Takes the locks of what it writes only now, and throws
 * `Outdated` when anything that was read is no longer so.
 */
export async function writeCopy(
  tx: Transaction,
  copy: RegisterCopy,
  recuts: Recuts,
): Promise<(ChangedSubject & { action: Action })[]> {
  const touchesUnits = recuts.units.length + recuts.successors.length + recuts.withdrawals.length > 0;
  if (touchesUnits) await waitForLock(tx, "unit-tree");
  await lockLocations(tx, copy, recuts);
  await requireStill(tx, copy);
  const entries = await entriesOf(tx, copy, recuts);
  const at = recordingInstant(copy, recuts);
  await writeLocations(tx, at, recuts);
  await writeUnits(tx, at, copy, recuts);
  await writeSuccessors(tx, recuts);
  await writeWithdrawals(tx, at, recuts);
  await writeRegistrations(tx, at, recuts);
  return entries;
}

/**
 * Takes the locks of an edit before it reads: the second attempt of one that others overtook. Location numbers are locked in one
 * order, so that two sets cannot deadlock.
 */
export async function lockSubjects(
  tx: Transaction,
  subjects: readonly { type: "unit" | "location"; id: string }[],
): Promise<void> {
  if (subjects.some(({ type }) => type === "unit")) await waitForLock(tx, "unit-tree");
  await lockGlns(
    tx,
    subjects.flatMap(({ type, id }) => (type === "location" ? [id] : [])),
  );
}

async function lockGlns(tx: Transaction, glns: readonly string[]): Promise<void> {
  for (const part of parts([...new Set(glns)].toSorted())) {
    await tx
      .select()
      .from(locations)
      .where(inArray(locations.gln, part))
      .orderBy(locations.gln)
      .for("no key update");
  }
}

async function lockLocations(tx: Transaction, copy: RegisterCopy, recuts: Recuts): Promise<void> {
  const created = recuts.locations
    .filter(({ draft }) => draft.isNew)
    .map(({ draft }) => ({ gln: draft.gln }));
  const glns = created.map(({ gln }) => gln);
  await lockNumbers(tx, glns, "share");
  if ((await findUnallocated(tx, glns, copy.today)).size > 0) {
    throw new Outdated("a location number was retired meanwhile");
  }
  for (const part of parts(created)) {
    const made = await tx.insert(locations).values(part).onConflictDoNothing().returning();
    if (made.length < part.length) throw new Outdated("a location number was registered meanwhile");
  }
  await lockGlns(
    tx,
    [...recuts.locations, ...recuts.registrations].map(({ draft }) => draft.gln),
  );
  // Nobody closes an endpoint while a registration is pointed at it.
  const named = [
    ...new Set(
      recuts.registrations.flatMap(({ done }) =>
        done.added.flatMap((piece) => piece.content.endpointId ?? []),
      ),
    ),
  ];
  const { id, supplierId, state, drainThen } = endpoints;
  for (const part of parts(named.toSorted())) {
    const rows = await tx
      .select({ id, supplierId, state, drainThen })
      .from(endpoints)
      .where(inArray(id, part))
      .orderBy(id)
      .for("share");
    const isSame = rows.every((row) => isDeepStrictEqual(row, copy.endpoints.get(row.id)));
    if (!isSame) throw new Outdated("an endpoint changed meanwhile");
  }
}

type Ids = { id: string }[];

async function requireStill(tx: Transaction, copy: RegisterCopy): Promise<void> {
  const compare = async (
    held: readonly { id: string }[],
    asked: ReadonlySet<string>,
    read: (ids: ReturnType<typeof sql>) => Promise<Ids>,
  ) => {
    if (asked.size === 0) return;
    const now = await read(sql`any(${sql.param([...asked])}::text[])`);
    const ids = new Set(held.map((row) => row.id));
    if (now.length !== ids.size || now.some((row) => !ids.has(row.id)))
      throw new Outdated("changed meanwhile");
  };
  const rowsOf = (drafts: ReadonlyMap<string, { rows: readonly { id: string }[] }>) =>
    [...drafts.values()].flatMap((draft) => draft.rows);
  const { id, sorId, supersededAt, parentSorId } = organisationVersions;
  await compare(rowsOf(copy.units), copy.asked.units, (ids) =>
    tx.select({ id }).from(organisationVersions).where(sql`${sorId} = ${ids} and ${supersededAt} is null`),
  );
  await compare(rowsOf(copy.locations), copy.asked.locations, (ids) =>
    tx
      .select({ id: locationVersions.id })
      .from(locationVersions)
      .where(sql`${locationVersions.gln} = ${ids} and ${isNull(locationVersions.supersededAt)}`),
  );
  await compare(rowsOf(copy.registrations), copy.asked.locations, (ids) =>
    tx
      .select({ id: registrations.id })
      .from(registrations)
      .where(sql`${registrations.gln} = ${ids} and ${isNull(registrations.supersededAt)}`),
  );
  const children = [...copy.children.values()].flat().map((child) => ({ id: child }));
  const parents = new Set(copy.children.keys());
  await compare(children, parents, (ids) =>
    tx
      .selectDistinct({ id: sorId })
      .from(organisationVersions)
      .where(sql`${parentSorId} = ${ids} and ${supersededAt} is null`),
  );
}

// Another process's clock may be ahead: no version is superseded before it was recorded.
function recordingInstant(copy: RegisterCopy, recuts: Recuts): Date {
  const superseded = [...recuts.units, ...recuts.locations, ...recuts.registrations].flatMap(({ done }) =>
    done.superseded.map((row) => row.recordedAt.getTime()),
  );
  return new Date(superseded.reduce((latest, time) => Math.max(latest, time), copy.now.getTime()));
}

async function writeUnits(tx: Transaction, at: Date, copy: RegisterCopy, { units }: Recuts): Promise<void> {
  const created = units.filter(({ draft }) => draft.isNew);
  for (const part of parts(created)) {
    const rows = part.map(({ draft: { sorId, level, firstFrom } }) => ({ sorId, level, firstFrom }));
    const made = await tx.insert(organisations).values(rows).onConflictDoNothing().returning();
    if (made.length < rows.length) throw new Outdated("a SOR id was taken meanwhile");
  }
  await supersede(tx, organisationVersions, at, units);
  const added = units.flatMap(({ draft, done }) =>
    done.added.map(({ content, validFrom, validTo }) => ({
      id: newId(),
      sorId: draft.sorId,
      validFrom,
      validTo,
      recordedAt: at,
      searchText: "",
      ...content,
    })),
  );
  for (const part of parts(added)) await tx.insert(organisationVersions).values(part);
  const changed = units.map(({ draft }) => draft.sorId);
  if (changed.length > 0) await refreshSearchTexts(tx, changed, { reach: "subtree", today: copy.today });
}

async function writeSuccessors(tx: Transaction, { successors }: Recuts): Promise<void> {
  for (const part of parts(successors.map(({ sorId }) => sorId))) {
    await tx.delete(organisationSuccessors).where(inArray(organisationSuccessors.fromSorId, part));
  }
  const rows = successors.flatMap(({ sorId, wanted }) =>
    wanted.map((each) => ({ fromSorId: sorId, toSorId: each.sorId, share: each.share })),
  );
  for (const part of parts(rows)) await tx.insert(organisationSuccessors).values(part);
}

async function writeWithdrawals(tx: Transaction, at: Date, { withdrawals }: Recuts): Promise<void> {
  for (const part of parts(withdrawals.map(({ sorId }) => sorId))) {
    await tx.delete(organisationWithdrawals).where(inArray(organisationWithdrawals.sorId, part));
  }
  const rows = withdrawals.flatMap(({ sorId, withdrawal }) =>
    withdrawal.wanted.map(({ reason, validTo }) => ({ sorId, reason, validTo, recordedAt: at })),
  );
  for (const part of parts(rows)) await tx.insert(organisationWithdrawals).values(part);
}

async function writeLocations(tx: Transaction, at: Date, { locations: changed }: Recuts): Promise<void> {
  await supersede(tx, locationVersions, at, changed);
  const added = changed.flatMap(({ draft, done }) =>
    done.added.map(({ content, validFrom, validTo }) => ({
      id: newId(),
      gln: draft.gln,
      validFrom,
      validTo,
      recordedAt: at,
      ...content,
    })),
  );
  for (const part of parts(added)) await tx.insert(locationVersions).values(part);
}

async function writeRegistrations(
  tx: Transaction,
  at: Date,
  { registrations: changed }: Recuts,
): Promise<void> {
  await supersede(tx, registrations, at, changed);
  const added = changed.flatMap(({ draft, done }) =>
    done.added.map(({ content, validFrom, validTo }) => ({
      id: newId(),
      gln: draft.gln,
      ...content,
      validFrom,
      validTo,
      recordedAt: at,
    })),
  );
  for (const part of parts(added)) await tx.insert(registrations).values(part);
}

async function supersede(
  tx: Transaction,
  table: typeof organisationVersions | typeof locationVersions | typeof registrations,
  at: Date,
  changed: readonly { done: { superseded: readonly { id: string }[] } }[],
): Promise<void> {
  const ids = changed.flatMap(({ done }) => done.superseded.map((row) => row.id));
  if (ids.length === 0) return;
  await tx
    .update(table)
    .set({ supersededAt: at })
    .where(sql`${table.id} = any(${sql.param(ids)}::uuid[])`);
}

function parts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / rowsAtOnce) }, (_, part) =>
    items.slice(part * rowsAtOnce, (part + 1) * rowsAtOnce),
  );
}
