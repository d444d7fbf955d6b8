import { gt, sql } from "drizzle-orm";
import { type ChangePage, ownGlns, readRows, withAllBelow } from "../changes/index.ts";
import type { Transaction } from "../database/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { organisations } from "../organisations/tables.ts";
import type { Refresh } from "./schemas.ts";

const pageSubjects = 500;

type Filter = { entity?: string | undefined; subtreeOf?: string | undefined };
type Part = { rows: NonNullable<ChangePage["rows"]>; next: Refresh | null };

/** Those of the units below both units, where both are given; undefined: the whole register. */
async function unitsOf(tx: Transaction, filters: readonly Filter[], day: string) {
  const roots = filters.flatMap(({ subtreeOf }) => subtreeOf ?? []);
  if (roots.length === 0) return undefined;
  const below = await Promise.all(roots.map((root) => withAllBelow(tx, [root], day)));
  const sets = below.map((ids) => new Set(ids));
  return (below[0] ?? []).filter((id) => sets.every((set) => set.has(id))).toSorted();
}

async function idsAfter(tx: Transaction, { stage, after }: Refresh, units: string[] | undefined) {
  if (units) {
    const ids = stage === "unit" ? units : (await ownGlns(tx, units)).toSorted();
    return ids.filter((id) => id > after).slice(0, pageSubjects);
  }
  const { sorId } = organisations;
  const { gln } = locationVersions;
  const rows =
    stage === "unit"
      ? await tx
          .select({ id: sorId })
          .from(organisations)
          .where(gt(sql`${sorId} collate "C"`, after))
          .orderBy(sql`${sorId} collate "C"`)
          .limit(pageSubjects)
      : await tx
          .selectDistinct({ id: sql<string>`${gln} collate "C"` })
          .from(locationVersions)
          .where(gt(sql`${gln} collate "C"`, after))
          .orderBy(sql`${gln} collate "C"`)
          .limit(pageSubjects);
  return rows.map(({ id }) => id);
}

/** The next part of a refresh as the register is now, and where the refresh goes on; `next` null: it is finished. */
export async function readRefresh(
  tx: Transaction,
  { refresh, wishes, day }: { refresh: Refresh; wishes: Filter; day: string },
): Promise<Part> {
  const filters = [refresh, wishes];
  const isAsked = (stage: Refresh["stage"]) =>
    filters.every(({ entity }) => entity === undefined || entity === stage);
  const { stage } = refresh;
  const units = await unitsOf(tx, filters, day);
  const ids = isAsked(stage) ? await idsAfter(tx, refresh, units) : [];
  const rows = await readRows(
    tx,
    stage === "unit" ? { units: ids, glns: [] } : { units: [], glns: ids },
    day,
  );
  const last = ids.at(-1);
  if (last !== undefined && ids.length === pageSubjects) return { rows, next: { ...refresh, after: last } };
  return {
    rows,
    next: stage === "unit" && isAsked("location") ? { ...refresh, stage: "location", after: "" } : null,
  };
}
