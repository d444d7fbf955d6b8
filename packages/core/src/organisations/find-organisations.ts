import { and, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { heldAt, momentOf } from "./moment.ts";
import {
  type IdentifierQuestion,
  IdentifierQuestion as Question,
  type UnitIdentifierKind,
} from "./schemas.ts";
import { type OrganisationSummary, selectSummaryRows, v, withPaths } from "./summaries.ts";

/** Condition on a version row that the unit has the identifier as its own. */
export function carries(kind: UnitIdentifierKind, value: string, row: typeof v = v): SQL {
  switch (kind) {
    case "gln":
      return sql`${row.gln} = ${value}`;
    case "sorId":
      return sql`${row.sorId} = ${value}`;
    case "shak":
      return sql`${row.shakCode} = ${value}`;
    case "providerNumber":
      return sql`${row.providerNumber} = ${value}`;
    case "cvr":
      return sql`${row.cvr} = ${value}`;
    case "pNumber":
      return sql`${row.pNumber} = ${value}`;
  }
}

/**
 * The units that have an identifier on the day, by SOR id. One location number, SHAK code or CVR number may belong to several.
 * Units that only inherit a location number are listed by `listUnitsOfGln`.
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
