import { eq, sql } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { dayInDenmark } from "../validity/index.ts";
import { glnsOfSubtree } from "./paths.ts";
import type { OrganisationReplacement } from "./schemas.ts";
import { organisationSuccessors, organisations } from "./tables.ts";
import { getUnitLine, lockTree, unitSubject } from "./unit-line.ts";

/**
 * Sets all successors of a unit; those not listed are no longer successors. Every successor must be registered, and none may lead
 * back to the unit. Idempotent.
 */
export async function replaceOrganisation(ctx: Context, input: OrganisationReplacement): Promise<void> {
  const { sorId } = input;
  const wanted = [...new Set<string>(input.successorSorIds)].toSorted();
  const subject = (tx: Transaction) => unitSubject(tx, sorId, ctx.now);
  await change(ctx, { action: "unit.edit", subject }, async (tx) => {
    await lockTree(tx);
    await getUnitLine(tx, sorId);
    const { fromSorId, toSorId } = organisationSuccessors;
    const rows = await tx.select({ to: toSorId }).from(organisationSuccessors).where(eq(fromSorId, sorId));
    const held = rows.map((row) => row.to).toSorted();
    if (held.join() === wanted.join()) return { result: undefined, entries: [] };
    await checkSuccessors(tx, sorId, wanted);
    await tx.delete(organisationSuccessors).where(eq(fromSorId, sorId));
    if (wanted.length > 0) {
      await tx.insert(organisationSuccessors).values(wanted.map((to) => ({ fromSorId: sorId, toSorId: to })));
    }
    const entry = {
      subjectType: "unit",
      subjectId: sorId,
      glns: await glnsOfSubtree(tx, sorId, dayInDenmark(ctx.now)),
      sorIds: [...new Set([sorId, ...held, ...wanted])],
      before: { replacedBy: held },
      after: { replacedBy: wanted },
    };
    return { result: undefined, entries: [entry] };
  });
}

async function checkSuccessors(tx: Transaction, sorId: string, wanted: readonly string[]): Promise<void> {
  const field = "successorSorIds";
  const known = await tx
    .select({ sorId: organisations.sorId })
    .from(organisations)
    .where(sql`${organisations.sorId} = any(${sql.param(wanted)}::text[])`);
  if (known.length < wanted.length) {
    throw new DomainError("invalid", "A successor is not registered.", { field, fault: "unknown" });
  }
  const [circle] = await tx.select({ found: sql`1` }).from(sql`(
    with recursive later as (
      select unnest(${sql.param(wanted)}::text[]) as sor_id
      union
      select s.to_sor_id from later join organisation_successors s on s.from_sor_id = later.sor_id
    ) select sor_id from later where sor_id = ${sorId}
  ) as circle`);
  if (circle) {
    throw new DomainError("invalid", "A unit would take over after itself.", { field, fault: "circle" });
  }
}
