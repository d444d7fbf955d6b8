import { and, asc, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { endpoints } from "../endpoints/tables.ts";
import { type LocationFilter, listGlns } from "../message-types/index.ts";
import { registrations } from "../message-types/tables.ts";
import { nameGlns } from "../organisations/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { columnNames, fileColumns } from "./file-columns.ts";
import { lastDayOf } from "./file-edit.ts";

const numbersAtOnce = 2000;
const words = {
  da: { receive: "modtager", send: "sender" },
  en: { receive: "receives", send: "sends" },
} as const;

/**
 * The rows of a file of registrations: the header, then what each location number that the filter finds receives and sends now or later, in order
 * of number, type, version and time; one that receives nothing has a row of its own. Read in parts, so that memory does not grow.
 */
export async function* registrationRows(
  ctx: Context,
  filter: LocationFilter,
  language: "da" | "en",
): AsyncGenerator<string[]> {
  yield fileColumns.map((column) => columnNames[column][language]);
  for (let after: string | undefined; ; ) {
    const glns = await listGlns(ctx, filter, numbersAtOnce, after);
    yield* await rowsOf(ctx, glns, language);
    after = glns.at(-1);
    if (glns.length < numbersAtOnce) return;
  }
}

async function rowsOf(ctx: Context, glns: readonly string[], language: "da" | "en"): Promise<string[][]> {
  if (glns.length === 0) return [];
  const [names, held] = await Promise.all([nameGlns(ctx, { glns }), heldBy(ctx, glns)]);
  return glns.flatMap((gln) => {
    const name = names.get(gln) ?? "";
    const own = held.get(gln) ?? [];
    if (own.length === 0) return [[gln, name, "", "", "", "", "", "", ""]];
    return own.map(({ messageType, version, direction, endpoint, validFrom, validTo }) => [
      ...[gln, name, messageType, version, words[language][direction], endpoint ?? ""],
      ...[dayInDenmark(validFrom), lastDayOf(validTo) ?? "", ""],
    ]);
  });
}

async function heldBy(ctx: Context, glns: readonly string[]) {
  const { gln, messageType, version, direction, validFrom, validTo, supersededAt, endpointId } =
    registrations;
  const rows = await ctx.db
    .select({ gln, messageType, version, direction, validFrom, validTo, endpoint: endpoints.name })
    .from(registrations)
    .leftJoin(endpoints, eq(endpoints.id, endpointId))
    .where(
      and(
        sql`${gln} = any(${sql.param([...glns])}::text[])`,
        isNull(supersededAt),
        or(isNull(validTo), gt(validTo, ctx.now)),
      ),
    )
    .orderBy(asc(gln), asc(messageType), asc(version), asc(direction), asc(validFrom));
  return Map.groupBy(rows, (row) => row.gln);
}
