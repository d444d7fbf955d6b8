import { and, eq, gt, inArray, isNull, lte, or } from "drizzle-orm";
import type { ChangedSubject, Context } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { locations, locationVersions } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { may } from "../permissions/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { RegistrationFact, RegistrationRow } from "./registration-plan.ts";
import { registrations } from "./tables.ts";

/** Maximum number of location numbers moved in one step. */
const locationsMax = 20_000;
const rowsAtOnce = 1000;

/** All current and future registrations of location numbers at an endpoint. */
export async function lastingAt(tx: Transaction, endpointId: string, now: Date): Promise<RegistrationRow[]> {
  return await tx
    .select()
    .from(registrations)
    .where(
      and(
        eq(registrations.endpointId, endpointId),
        isNull(registrations.supersededAt),
        or(isNull(registrations.validTo), gt(registrations.validTo, now)),
      ),
    )
    .orderBy(registrations.gln);
}

const factOf = ({
  messageType,
  version,
  format,
  direction,
  endpointId,
  validFrom,
  validTo,
}: RegistrationRow): RegistrationFact => ({
  messageType,
  version,
  format,
  direction,
  endpointId,
  validFrom,
  validTo,
});

/** A registration split at the time of a move: the past stays at the old endpoint, the rest is at the new one. */
export function movedFacts(row: RegistrationRow, endpointId: string, now: Date): RegistrationFact[] {
  const fact = factOf(row);
  if (fact.validFrom >= now) return [{ ...fact, endpointId }];
  return [
    { ...fact, validTo: now },
    { ...fact, endpointId, validFrom: now },
  ];
}

/**
 * Moves everything received at one endpoint to another from now on. `conflict` when somebody else is changing one of the location
 * numbers; `not-allowed` when the actor may not change one. Returns the journal entries.
 */
export async function moveRegistrations(
  tx: Transaction,
  ctx: Context,
  { rows, to, supplierId }: { rows: readonly RegistrationRow[]; to: string; supplierId: string },
): Promise<ChangedSubject[]> {
  const byGln = Map.groupBy(rows, (row) => row.gln);
  if (byGln.size > locationsMax) {
    throw new DomainError("too-large", "too-many-to-move", { locationsMax });
  }
  await lockAll(tx, [...byGln.keys()]);
  await requireOwn(tx, ctx, [...byGln.keys()], supplierId);
  const now = new Date(Math.max(ctx.now.getTime(), ...rows.map((row) => row.recordedAt.getTime())));
  const added = rows.flatMap((row) =>
    movedFacts(row, to, now).map((fact) => ({ id: newId(), gln: row.gln, ...fact, recordedAt: now })),
  );
  for (const part of parts(rows)) {
    const ids = part.map((row) => row.id);
    await tx.update(registrations).set({ supersededAt: now }).where(inArray(registrations.id, ids));
  }
  for (const part of parts(added)) await tx.insert(registrations).values(part);
  return [...byGln].map(([gln, moved]) => ({
    subjectType: "location",
    subjectId: gln,
    glns: [gln],
    before: { registrations: moved.map(factOf) },
    after: {
      registrations: moved.flatMap((row) =>
        movedFacts(row, to, now).filter((fact) => fact.endpointId === to),
      ),
    },
  }));
}

function parts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / rowsAtOnce) }, (_, part) =>
    items.slice(part * rowsAtOnce, (part + 1) * rowsAtOnce),
  );
}

// Editors lock the location number before its endpoint; here the endpoint is locked already, so do not wait, to avoid a deadlock.
async function lockAll(tx: Transaction, glns: readonly string[]): Promise<void> {
  for (const part of parts(glns)) {
    const locked = await tx
      .select()
      .from(locations)
      .where(inArray(locations.gln, part))
      .orderBy(locations.gln)
      .for("no key update", { skipLocked: true });
    if (locked.length === part.length) continue;
    throw new DomainError("conflict", "location-busy", {
      fault: "busy",
    });
  }
}

async function requireOwn(
  tx: Transaction,
  ctx: Context,
  glns: readonly string[],
  supplierId: string,
): Promise<void> {
  const day = dayInDenmark(ctx.now);
  for (const part of parts(glns)) {
    const rows = await tx
      .select({ gln: locationVersions.gln, supplierId: locationVersions.supplierId })
      .from(locationVersions)
      .where(
        and(
          inArray(locationVersions.gln, part),
          isNull(locationVersions.supersededAt),
          lte(locationVersions.validFrom, day),
          or(isNull(locationVersions.validTo), gt(locationVersions.validTo, day)),
        ),
      );
    for (const row of rows) {
      const subject = { type: "location", id: row.gln, glns: [row.gln], supplierId } as const;
      const isOwn = row.supplierId === supplierId;
      if (isOwn && may(ctx.actor, "registration.edit", subject, ctx.now)) continue;
      throw new DomainError("not-allowed", "location-of-another");
    }
  }
}
