import { type Context, inSnapshot } from "../../context.ts";
import { hasPosition, parsePosition } from "../../journal/index.ts";
import { readTouched } from "../load-routing-table.ts";
import type { RoutingTable } from "../routing-table.ts";
import { type TablePart, tablePosition } from "./table-lines.ts";

/** What a copy of the table lacks: some parts, everything, or nothing, as when the copy is ahead of this table. */
export type ChangedPart = { kind: "part"; part: TablePart } | { kind: "all" } | { kind: "none" };

const triesMost = 5;

/**
 * What changed in the table in use since a place in the journal. The answer is of the table as it is when this resolves: read
 * the lines before anything else is awaited. Throws database errors, unless nothing has changed.
 */
export async function findChangedPart(
  ctx: Context,
  tableInUse: () => RoutingTable,
  since: string,
): Promise<ChangedPart> {
  const { sequence } = parsePosition(since) ?? { sequence: 0 };
  for (let tries = 0; tries < triesMost; tries += 1) {
    const table = tableInUse();
    const position = tablePosition(table);
    if (since === position) return { kind: "none" };
    const found = await inSnapshot(ctx, async (tx): Promise<ChangedPart> => {
      if (!(await hasPosition(tx, since)) || !(await hasPosition(tx, position))) return { kind: "all" };
      if (sequence >= table.sequence) return { kind: "none" };
      const touched = await readTouched(tx, sequence, table.sequence);
      if (!touched || touched.isEverything) return { kind: "all" };
      const { glns, endpoints, hasParties } = touched;
      return { kind: "part", part: { glns, endpointIds: endpoints, hasParties } };
    });
    if (tableInUse() === table && tablePosition(table) === position) return found;
  }
  return { kind: "all" };
}
