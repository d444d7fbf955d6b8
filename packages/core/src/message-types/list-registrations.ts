import { findMessageType } from "@sor/edi";
import { and, asc, eq, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { ReadDatabase } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { etagOf } from "../etag.ts";
import type { RegistrationRow } from "./registration-plan.ts";
import { registrations } from "./tables.ts";

/** What a location number receives or sends, with display names. */
export type Registration = RegistrationRow & {
  endpointName: string | null;
  /** Names and status from the catalogue; null for a type that is only in the register. */
  nameDa: string | null;
  nameEn: string | null;
  isSuperseded: boolean;
};

/** SQL: whether a row of `registrations`, named by its alias, is in force for receiving at an instant. */
export const isReceiving = (row: SQL, now: Date): SQL => sql`(${row}.direction = 'receive'
  and ${row}.superseded_at is null and ${row}.valid_from <= ${now.toISOString()}::timestamptz
  and (${row}.valid_to is null or ${row}.valid_to > ${now.toISOString()}::timestamptz))`;

function knownAt(instant: Date | undefined): SQL | undefined {
  if (instant === undefined) return isNull(registrations.supersededAt);
  const known = or(isNull(registrations.supersededAt), gt(registrations.supersededAt, instant));
  return and(lte(registrations.recordedAt, instant), known);
}

function heldAt(instant: Date | undefined): SQL | undefined {
  if (instant === undefined) return undefined;
  const lasting = or(isNull(registrations.validTo), gt(registrations.validTo, instant));
  return and(lte(registrations.validFrom, instant), lasting);
}

/**
 * What a location number receives and sends: at an instant, or (without `at`) at any time, ended ones included; as known now, or
 * as known at an instant. Ordered by type, version and time.
 */
export async function listRegistrations(
  ctx: Context,
  input: { gln: string; at?: Date | undefined; knownAt?: Date | undefined },
): Promise<Registration[]> {
  const rows = await ctx.db
    .select({ registration: registrations, endpointName: endpoints.name })
    .from(registrations)
    .leftJoin(endpoints, eq(endpoints.id, registrations.endpointId))
    .where(and(eq(registrations.gln, input.gln), knownAt(input.knownAt), heldAt(input.at)))
    .orderBy(
      asc(registrations.messageType),
      asc(registrations.version),
      asc(registrations.direction),
      asc(registrations.validFrom),
    );
  return rows.map(({ registration, endpointName }) => {
    const type = findMessageType(registration.messageType, registration.version);
    const names = { nameDa: type?.nameDa ?? null, nameEn: type?.nameEn ?? null };
    return { ...registration, endpointName, ...names, isSuperseded: type?.status === "superseded" };
  });
}

/** All currently known registrations of a location number. */
export async function loadRegistrationRows(db: ReadDatabase, gln: string): Promise<RegistrationRow[]> {
  return await db
    .select()
    .from(registrations)
    .where(and(eq(registrations.gln, gln), isNull(registrations.supersededAt)));
}

/** What location numbers receive and send now or later, by number. */
export async function lastingOf(
  ctx: Context,
  glns: readonly string[],
): Promise<ReadonlyMap<string, RegistrationRow[]>> {
  const rows = await ctx.db
    .select()
    .from(registrations)
    .where(
      and(
        sql`${registrations.gln} = any(${sql.param([...glns])}::text[])`,
        isNull(registrations.supersededAt),
        or(isNull(registrations.validTo), gt(registrations.validTo, ctx.now)),
      ),
    );
  return Map.groupBy(rows, (row) => row.gln);
}

/** The ETag of all currently known registrations of a location number; it does not change with time alone. */
export function registrationsEtag(rows: readonly { id: string }[]): string {
  return etagOf(rows.map((row) => row.id).toSorted());
}
