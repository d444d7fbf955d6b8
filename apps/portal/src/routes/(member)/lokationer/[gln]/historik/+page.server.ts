import { RoutedGln } from "@sor/core/identifiers";
import { getLocation, LocationFilter, listLocationHistory } from "@sor/core/message-types";
import { z } from "zod";
import { requireUser } from "#lib/server/guards.ts";
import { readParam, readQuery } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

const Query = z.object({ cursor: LocationFilter.shape.after });

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const gln = readParam(RoutedGln, event.params.gln);
  const { cursor } = readQuery(Query, event.url);
  const page = await listLocationHistory(event.locals.ctx, { gln, after: cursor, limit: 25 });
  const { mayEdit } = await getLocation(event.locals.ctx, { gln });
  return { gln, page, mayEdit, isFirst: cursor === undefined };
};
