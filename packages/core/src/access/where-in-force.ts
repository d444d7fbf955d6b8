import { and, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { suppliers } from "../endpoints/tables.ts";
import { type apiKeys, type grants, type sessions, users } from "./tables.ts";

type HeldTable = typeof grants | typeof apiKeys | typeof sessions | typeof users;

/** SQL: whether rows of the table have not ended at that time; grants of which some begin later. */
export const whereNotEnded = (table: HeldTable, now: Date): SQL | undefined =>
  and(
    "validTo" in table ? or(isNull(table.validTo), gt(table.validTo, now)) : undefined,
    "expiresAt" in table ? or(isNull(table.expiresAt), gt(table.expiresAt, now)) : undefined,
    "revokedAt" in table ? isNull(table.revokedAt) : undefined,
    "deactivatedAt" in table ? isNull(table.deactivatedAt) : undefined,
  );

/** SQL: whether rows of the table are in force at that time, by the rule of `isInForce`. */
export const whereInForce = (table: HeldTable, now: Date): SQL | undefined =>
  and("validFrom" in table ? lte(table.validFrom, now) : undefined, whereNotEnded(table, now));

/** SQL: whether the vendor that a user belongs to, if any, is active. */
export const isVendorActive = sql<boolean>`not exists (select from ${suppliers} vendor
  where vendor.id = ${users.supplierId} and not vendor.is_active)`;

/** Condition on users: neither they nor the vendor they belong to is deactivated. */
export const isAdmitted = and(isNull(users.deactivatedAt), isVendorActive);

/** Whether a user was deactivated, at whatever time. */
export const isDeactivated = (user: { deactivatedAt: Date | null }): boolean => user.deactivatedAt !== null;
