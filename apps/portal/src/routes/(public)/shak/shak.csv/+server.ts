import { fileAnswer } from "#lib/server/bulk/file-answer.ts";
import { readQuery } from "#lib/server/queries.ts";
import { loadShak, ShakQuery, shakRows } from "#lib/server/shak/tree.ts";
import type { RequestHandler } from "./$types";

/** What the page with the same query shows, as CSV. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const { nodes } = await loadShak(locals.ctx, readQuery(ShakQuery, url));
  return fileAnswer("shak", "csv", shakRows(nodes));
};
