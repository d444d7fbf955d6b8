import { asc, count, eq, sql } from "drizzle-orm";
import { type Context, change, changedBy } from "../context.ts";
import { newId, type ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { SystemApproval } from "./schemas.ts";
import { endpoints, locationVersions, systemApprovals, systems } from "./tables.ts";

/** The approvals of a system, by type, version and product version; for everybody. */
export async function listApprovals(db: ReadDatabase, systemId: string): Promise<SystemApproval[]> {
  const { productVersion, messageType, version, direction, approvedOn, expiresOn, reference } =
    systemApprovals;
  return await db
    .select({ productVersion, messageType, version, direction, approvedOn, expiresOn, reference })
    .from(systemApprovals)
    .where(eq(systemApprovals.systemId, systemId))
    .orderBy(asc(messageType), asc(version), asc(direction), asc(productVersion));
}

const keyOf = ({ productVersion, messageType, version, direction }: SystemApproval) =>
  `${productVersion} ${messageType} ${version} ${direction}`;

function requireSound(approvals: readonly SystemApproval[]): void {
  const seen = new Set<string>();
  for (const [place, approval] of approvals.entries()) {
    const fault = seen.has(keyOf(approval))
      ? "twice"
      : approval.expiresOn !== null && approval.expiresOn <= approval.approvedOn
        ? "ends-before-it-begins"
        : undefined;
    seen.add(keyOf(approval));
    if (fault) throw new DomainError("invalid", "approval-unusable", { field: String(place), fault });
  }
}

/** Replaces all approvals of a system; for the register authority, not the vendor. Throws `not-found`, `invalid`. */
export async function setApprovals(
  ctx: Context,
  input: { systemId: string; approvals: readonly SystemApproval[] },
): Promise<SystemApproval[]> {
  const { systemId, approvals } = input;
  requireSound(approvals);
  const subject = { type: "register", id: "approvals" } as const;
  return await change(ctx, { action: "supplier.edit", subject }, async (tx) => {
    const [found] = await tx.select().from(systems).where(eq(systems.id, systemId)).for("no key update");
    if (!found) throw new DomainError("not-found", "no-such-system", { systemId });
    const before = await listApprovals(tx, systemId);
    await tx.delete(systemApprovals).where(eq(systemApprovals.systemId, systemId));
    if (approvals.length > 0) {
      await tx.insert(systemApprovals).values(approvals.map((each) => ({ id: newId(), systemId, ...each })));
    }
    const after = await listApprovals(tx, systemId);
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    const entry = { subjectType: "system-approvals", subjectId: systemId, before, after };
    return changedBy(after, isSame ? [] : [entry]);
  });
}

/** How many location numbers use a system today, and how many open endpoints. */
export async function countDeployments(
  ctx: Context,
  systemId: string,
): Promise<{ locationNumbers: number; endpoints: number }> {
  const day = dayInDenmark(ctx.now);
  const [locations] = await ctx.db
    .select({ count: count() })
    .from(locationVersions)
    .where(
      sql`${locationVersions.systemId} = ${systemId} and ${locationVersions.supersededAt} is null
        and ${locationVersions.validFrom} <= ${day}
        and (${locationVersions.validTo} is null or ${locationVersions.validTo} > ${day})`,
    );
  const [open] = await ctx.db
    .select({ count: count() })
    .from(endpoints)
    .where(sql`${endpoints.systemId} = ${systemId} and ${endpoints.state} <> 'closed'`);
  return { locationNumbers: locations?.count ?? 0, endpoints: open?.count ?? 0 };
}
