import { and, inArray, isNull } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { type LocationVersion, presentVersion } from "../endpoints/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { readReceivers, toSeconds } from "../routing/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { type RouteOf, routeMessage } from "./route-message.ts";

/** The supplier of a party on this day; null: the party is not registered, or has none. */
export type SupplierOf = (id: string) => string | null;

/** The suppliers of several parties. */
export async function loadSuppliers(
  db: ReadDatabase,
  ids: readonly string[],
  now: Date,
): Promise<SupplierOf> {
  const day = dayInDenmark(now);
  const rows = await db
    .select()
    .from(locationVersions)
    .where(and(inArray(locationVersions.gln, [...new Set(ids)]), isNull(locationVersions.supersededAt)))
    .orderBy(locationVersions.validFrom);
  const versionsOf = Map.groupBy(rows, (row: LocationVersion) => row.gln);
  return (id) => presentVersion(versionsOf.get(id) ?? [], day)?.supplierId ?? null;
}

/** The supplier of one party. */
export async function loadSupplier(db: ReadDatabase, id: string, now: Date): Promise<string | null> {
  return (await loadSuppliers(db, [id], now))(id);
}

/**
 * Where messages to these receivers go, by the register as this transaction sees it. What was recorded later than `now` applies
 * from when it was recorded, since the upload may have begun before that, or another process's clock may be ahead.
 */
export async function loadReceivers(db: ReadDatabase, glns: readonly string[], now: Date): Promise<RouteOf> {
  const { table, recordedAt } = await readReceivers(db, [...new Set(glns)]);
  const second = toSeconds(now);
  return (receiver, message) => {
    const at = Math.max(second, recordedAt.get(receiver.id) ?? 0);
    return routeMessage(table, { receiver, message, at });
  };
}
