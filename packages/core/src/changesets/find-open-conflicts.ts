import { and, eq, inArray, ne, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { Command, type Problem, subjectOf } from "../editing/index.ts";
import type { ChangeSet } from "./change-sets.ts";
import { claimsOf, conflictsBetween, needsOpen, type Other } from "./open-conflicts.ts";
import { changeSetItems, changeSets } from "./tables.ts";
import { visibleTo } from "./visible-to.ts";

const othersMax = 2000;

/**
 * The conflicts of a set with the other open ones: those that the actor may see, and those that wait to be approved or applied, of
 * which only the conflict is told. Reads at most 2,000 commands that could conflict.
 */
export async function findOpenConflicts(ctx: Context, set: ChangeSet): Promise<Problem[]> {
  const commands = set.items.map(({ command }) => command);
  const claims = commands.flatMap(claimsOf);
  const valuesOf = (field: string) =>
    claims.filter((claim) => claim.field === field).map(({ key }) => key.slice(key.indexOf(" ") + 1));
  const ids = [
    ...new Set(
      commands.flatMap((command) => [
        subjectOf(command).id,
        ...needsOpen(command).map((key) => key.split(" ")[1] ?? ""),
      ]),
    ),
  ];
  if (ids.length === 0) return [];
  const attribute = (name: string) => sql`${changeSetItems.command}->'attributes'->>${sql.raw(`'${name}'`)}`;
  const isOneOf = (value: ReturnType<typeof sql>, list: readonly string[]) =>
    list.length === 0 ? undefined : sql`${value} = any(${sql.param([...list])}::text[])`;
  const isSeen = sql<boolean>`coalesce(${visibleTo(ctx) ?? sql`true`}, false)`;
  const rows = await ctx.db
    .select({ command: changeSetItems.command, id: changeSets.id, title: changeSets.title, isSeen })
    .from(changeSetItems)
    .innerJoin(changeSets, eq(changeSets.id, changeSetItems.changeSetId))
    .where(
      and(
        ne(changeSets.id, set.id),
        or(
          inArray(changeSets.state, ["submitted", "approved"]),
          and(inArray(changeSets.state, ["draft", "declined", "proposed"]), visibleTo(ctx)),
        ),
        or(
          isOneOf(sql`${changeSetItems.subjectId}`, ids),
          isOneOf(attribute("parentSorId"), ids),
          isOneOf(attribute("providerNumber"), valuesOf("providerNumber")),
          isOneOf(attribute("shakCode"), valuesOf("shakCode")),
          isOneOf(attribute("gln"), valuesOf("gln")),
        ),
      ),
    )
    .limit(othersMax);
  const others = rows.flatMap((row): Other[] => {
    const command = Command.safeParse(row.command);
    return command.success
      ? [{ command: command.data, set: row.isSeen ? { id: row.id, title: row.title } : null }]
      : [];
  });
  return conflictsBetween(commands, others);
}
