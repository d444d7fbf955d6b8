import { listSystems } from "@sor/core/endpoints";
import { LocationFilter, listLocations, messageTypes } from "@sor/core/message-types";
import { requireUser } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

const Query = LocationFilter.pick({
  text: true,
  systemId: true,
  messageType: true,
  status: true,
  sort: true,
}).extend({ cursor: LocationFilter.shape.after });

const codes = [
  ...new Set(
    messageTypes.flatMap(({ code, kind, status }) =>
      code === undefined || kind === "namespace" || status !== "current" ? [] : [code],
    ),
  ),
].toSorted();

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { cursor, ...query } = readQuery(Query, event.url);
  const supplierId = user.supplierId ?? undefined;
  const [page, systems] = await Promise.all([
    listLocations(ctx, { ...query, after: cursor, limit: 50 }),
    listSystems(ctx, { supplierId }),
  ]);
  return {
    query,
    page,
    isFirst: cursor === undefined,
    codes,
    systems: systems.map(({ id, name, supplierName }) => ({
      id,
      name,
      group: supplierId ? "" : supplierName,
    })),
    isOneSupplier: supplierId !== undefined,
  };
};
