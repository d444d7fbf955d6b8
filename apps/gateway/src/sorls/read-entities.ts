import type { Context } from "@sor/core";
import { type EntityLine, ownColumns, readUnitsOn } from "@sor/core/datasets";
import {
  findOrganisations,
  listDescendants,
  type SearchQuestion,
  searchOrganisations,
} from "@sor/core/organisations";
import { type Reading, readRegister } from "@sor/core/register-log";
import { dayInDenmark } from "@sor/core/validity";

/** Values by the names of the SOR2 files; what has no value is left out. */
export type Values = Readonly<Record<string, string>>;
type Columns<Row> = readonly { name: string; of: (row: Row) => string | null | undefined }[];

function valuesOf<Row>(columns: Columns<Row>, row: Row): Values {
  const pairs = columns.flatMap(({ name, of }): [string, string][] => {
    const value = of(row);
    return value ? [[name, value]] : [];
  });
  return Object.fromEntries(pairs);
}

/** The names of a unit's values, and of those of a map between SHAK and SOR. */
export const entityNames = ownColumns.entities.map(({ name }) => name);
export const mapNames = ownColumns.shakSor.map(({ name }) => name);

/** What a lookup gave, and the sequence of the register that it is of. */
export type Looked<Value> = { value: Value; sequence: number };
type Asked = { day: string | undefined };

async function look<Value>(
  ctx: Context,
  { day }: Asked,
  read: (at: { ctx: Context; reading: Reading; day: string }) => Promise<Value>,
): Promise<Looked<Value>> {
  return await readRegister(ctx, async (reading) => ({
    value: await read({ ctx: { ...ctx, db: reading.db }, reading, day: day ?? dayInDenmark(ctx.now) }),
    sequence: reading.sequence,
  }));
}

async function entitiesOf(reading: Reading, sorIds: readonly string[], day: string): Promise<EntityLine[]> {
  const lines = await readUnitsOn(reading.db, sorIds, day);
  const byId = new Map(lines.map((line) => [line.row.sorId, line]));
  return sorIds.flatMap((sorId) => byId.get(sorId) ?? []);
}
const asEntity = (line: EntityLine) => valuesOf(ownColumns.entities, line);

/** Some units on a day, with what they inherit, in the order asked for; those that did not exist are left out. */
export const getEntities = (ctx: Context, { sorIds, ...asked }: Asked & { sorIds: readonly string[] }) =>
  look(ctx, asked, async ({ reading, day }) => (await entitiesOf(reading, sorIds, day)).map(asEntity));

/** The units that a search finds on a day, the best first. */
export const searchEntities = (
  ctx: Context,
  { question, ...asked }: Asked & { question: Omit<SearchQuestion, "validAt"> },
) =>
  look(ctx, asked, async ({ ctx: at, reading, day }) => {
    const { items, next } = await searchOrganisations(at, { ...question, validAt: day } as SearchQuestion);
    const sorIds = items.map(({ sorId }) => sorId);
    return { entities: (await entitiesOf(reading, sorIds, day)).map(asEntity), isComplete: next === null };
  });

const childrenMax = 1000;

/** The units below a unit, or below those with a SHAK code, on a day, the nearest first. */
export const getChildren = (
  ctx: Context,
  { sorId, shakId, ...asked }: Asked & { sorId?: string; shakId?: string },
) =>
  look(ctx, asked, async ({ ctx: at, reading, day }) => {
    const tops = shakId
      ? (await findOrganisations(at, { kind: "shak", value: shakId, validAt: day })).map((unit) => unit.sorId)
      : [sorId ?? ""];
    const found = new Set<string>();
    let isComplete = true;
    for (const top of tops) {
      const page = await listDescendants(at, { sorId: top, validAt: day, limit: childrenMax });
      for (const unit of page.items) found.add(unit.sorId);
      isComplete &&= page.next === null;
    }
    const sorIds = [...found].slice(0, childrenMax);
    const entities = (await entitiesOf(reading, sorIds, day)).map(asEntity);
    return { entities, isComplete: isComplete && found.size <= childrenMax };
  });

/** The units that have a SHAK code on a day. */
export const mapShakToSor = (ctx: Context, { shakId, ...asked }: Asked & { shakId: string }) =>
  look(ctx, asked, async ({ ctx: at, reading, day }) => {
    const units = await findOrganisations(at, { kind: "shak", value: shakId, validAt: day });
    return (
      await entitiesOf(
        reading,
        units.map(({ sorId }) => sorId),
        day,
      )
    ).map(asEntity);
  });

/** The SHAK code of a unit on a day; none where it has none. */
export const mapSorToShak = (ctx: Context, { sorId, ...asked }: Asked & { sorId: string }) =>
  look(ctx, asked, async ({ reading, day }) =>
    (await entitiesOf(reading, [sorId], day)).flatMap((line) =>
      line.row.shakCode === null ? [] : [valuesOf(ownColumns.shakSor, line)],
    ),
  );
