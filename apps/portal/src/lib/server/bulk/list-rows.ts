import type { Context } from "@sor/core";
import { type LocationFilter, type LocationItem, listLocations } from "@sor/core/message-types";
import { statusOf } from "#lib/location/location-words.ts";
import { m } from "#lib/words/index.ts";

const pageSize = 200;
const statuses = ["active", "inactive", "coming", "closed"] as const;

/** The list of location numbers as rows of a file, read page by page. */
export function listRows(ctx: Context, filter: LocationFilter): AsyncGenerator<string[]> {
  // The words are those of the request's language, which is not known any more when the rows are read.
  const header = [
    ...[m.locations_gln(), m.locations_unit(), m.locations_town(), m.locations_system()],
    ...[m.locations_supplier(), m.locations_status(), m.locations_types()],
  ];
  const texts = new Map(statuses.map((status) => [status, statusOf(status).text]));
  return pagesOf(
    ctx,
    filter,
    header,
    ({ gln, unitName, towns, systemName, supplierName, status, typeCount }) => {
      const names = [unitName ?? "", towns.join(", "), systemName ?? "", supplierName ?? ""];
      return [gln, ...names, texts.get(status) ?? "", String(typeCount)];
    },
  );
}

async function* pagesOf(
  ctx: Context,
  filter: LocationFilter,
  header: string[],
  rowOf: (item: LocationItem) => string[],
): AsyncGenerator<string[]> {
  yield header;
  for (let after: string | undefined; ; ) {
    const { items, next } = await listLocations(ctx, { ...filter, after, limit: pageSize });
    for (const item of items) yield rowOf(item);
    if (next === null) return;
    after = next;
  }
}
