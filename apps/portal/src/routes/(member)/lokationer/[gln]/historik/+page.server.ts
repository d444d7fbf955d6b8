import { RoutedGln } from "@sor/core/identifiers";
import { getLocation, LocationFilter, listLocationHistory } from "@sor/core/message-types";
import { z } from "zod";
import { isUndoable, undoEntry } from "#lib/server/changes/undo-entry.ts";
import { holds, requireUser } from "#lib/server/guards.ts";
import { readParam, readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({ cursor: LocationFilter.shape.after });

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const gln = readParam(RoutedGln, event.params.gln);
  const { cursor } = readQuery(Query, event.url);
  const page = await listLocationHistory(event.locals.ctx, { gln, after: cursor, limit: 25 });
  const { mayEdit } = await getLocation(event.locals.ctx, { gln });
  // What is received is undone on the page of the change; all else by a change set.
  const bySet = page.items
    .filter((line) => !line.isUndoable && isUndoable(line))
    .filter(({ action }) => holds(user, action as "unit.edit" | "location.edit", event.locals.ctx.now))
    .map(({ sequence }) => sequence);
  return { gln, page, mayEdit, bySet, isFirst: cursor === undefined };
};

export const actions: Actions = {
  undo: async (event) => {
    requireUser(event);
    return await undoEntry(event);
  },
};
