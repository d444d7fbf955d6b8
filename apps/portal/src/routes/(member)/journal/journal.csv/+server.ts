import { JournalQuery } from "@sor/core/journal";
import { fileAnswer } from "#lib/server/bulk/file-answer.ts";
import { requireRole } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { journalRows } from "../journal-rows.ts";
import type { RequestHandler } from "./$types";

const Query = JournalQuery.omit({ before: true });

export const GET: RequestHandler = (event) => {
  requireRole(event, "authority");
  return fileAnswer("journal", "csv", journalRows(event.locals.ctx, readQuery(Query, event.url)));
};
