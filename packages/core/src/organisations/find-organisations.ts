import { and, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { heldAt, momentOf } from "./moment.ts";
import {
  type IdentifierQuestion,
  IdentifierQuestion as Question,
  type UnitIdentifierKind,
} from "./schemas.ts";
import { type OrganisationSummary, selectSummaryRows, v, withPaths } from "./summaries.ts";

/** Condition on `v` that a unit itself carries the identifier. */
export function carries(kind: UnitIdentifierKind, value: string): SQL {
  switch (kind) {
    case "gln":
      return sql`${v.gln} = ${value}`;
    case "sorId":
      return sql`${v.sorId} = ${value}`;
    case "shak":
      return sql`${v.shakCode} = ${value}`;
    case "providerNumber":
      return sql`${v.providerNumber} = ${value}`;
    case "cvr":
      return sql`${v.cvr} = ${value}`;
    case "pNumber":
      return sql`${v.pNumber} = ${value}`;
  }
}

/**
 * The units that carry an identifier on the day, by SOR id. One location number, SHAK code or CVR number may be
 * carried by several. Units that only inherit a location number are given by `listUnitsOfGln`.
 */
export async function findOrganisations(
  ctx: Context,
  input: IdentifierQuestion,
): Promise<OrganisationSummary[]> {
  const { kind, value, limit, ...moment } = Question.parse(input);
  const at = momentOf(ctx, moment);
  const rows = await selectSummaryRows(ctx.db, {
    where: and(carries(kind, value), heldAt("v", at)) as SQL,
    orderBy: [sql`${v.sorId}`],
    limit,
  });
  return await withPaths(ctx.db, rows, at);
}
