import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { type Withdrawal, WithdrawalKey, WithdrawalsQuestion } from "./schemas.ts";
import { organisations, organisationWithdrawals as w } from "./tables.ts";

/** A unit that was registered in error, by its last name. */
export type WithdrawnUnit = Withdrawal & {
  sorId: string;
  level: "owner" | "institution" | "unit";
  name: string | null;
  recordedAt: Date;
};

/** That the unit was registered in error; undefined for others. */
export async function findWithdrawal(
  ctx: Context,
  { sorId }: { sorId: string },
): Promise<Withdrawal | undefined> {
  const [found] = await ctx.db
    .select({ reason: w.reason, validTo: w.validTo })
    .from(w)
    .where(eq(w.sorId, sorId));
  return found;
}

/** A page of the units that were registered in error, the last withdrawn first. */
export async function listWithdrawals(
  ctx: Context,
  input: WithdrawalsQuestion,
): Promise<Page<WithdrawnUnit>> {
  const { reason, limit, after } = WithdrawalsQuestion.parse(input);
  const last = after === undefined ? undefined : decodeCursor(WithdrawalKey, after);
  const instant = last && new Date(last[0]);
  const rows = await ctx.db
    .select({
      sorId: w.sorId,
      level: organisations.level,
      name: sql<string | null>`(select v.name from organisation_versions v where v.sor_id = ${w.sorId}
        order by v.superseded_at is null desc, v.recorded_at desc, v.valid_from desc limit 1)`,
      reason: w.reason,
      validTo: w.validTo,
      recordedAt: w.recordedAt,
    })
    .from(w)
    .innerJoin(organisations, eq(organisations.sorId, w.sorId))
    .where(
      and(
        reason && eq(w.reason, reason),
        last &&
          instant &&
          or(lt(w.recordedAt, instant), and(eq(w.recordedAt, instant), lt(w.sorId, last[1]))),
      ),
    )
    .orderBy(desc(w.recordedAt), desc(w.sorId))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.recordedAt.toISOString(), row.sorId]);
}
