import { and, eq } from "drizzle-orm";
import { type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { grants, users } from "./tables.ts";
import { isAdmitted, whereInForce } from "./where-in-force.ts";

/**
 * Throws `conflict` when the transaction leaves no administrator. Concurrent calls are serialised, so that two administrators
 * cannot remove each other.
 */
export async function keepAnAdministrator(tx: Transaction, now: Date): Promise<void> {
  await waitForLock(tx, "administrators");
  const left = await tx
    .select({ id: grants.id })
    .from(grants)
    .innerJoin(users, eq(users.id, grants.userId))
    .where(and(eq(grants.role, "authority"), whereInForce(grants, now), isAdmitted))
    .limit(1);
  if (left.length === 0) {
    throw new DomainError("conflict", "last-administrator", {
      rule: "last-administrator",
    });
  }
}
