import { registrationRows } from "@sor/core/bulk";
import { LocationFilter } from "@sor/core/message-types";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import { fileAnswer } from "#lib/server/bulk/file-answer.ts";
import { listRows } from "#lib/server/bulk/list-rows.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { ListQuery } from "../../query.ts";
import type { RequestHandler } from "./$types";

const Query = ListQuery.omit({ cursor: true }).extend({
  format: z.enum(["csv", "xlsx"]).default("csv"),
  indhold: z.enum(["typer", "liste"]).default("typer"),
});

export const GET: RequestHandler = (event) => {
  requireUser(event);
  const { format, indhold, ...filter } = readQuery(Query, event.url);
  const { ctx } = event.locals;
  const asked = LocationFilter.parse(filter);
  const language = getLanguage();
  if (indhold === "typer")
    return fileAnswer("meddelelsestyper", format, registrationRows(ctx, asked, language));
  return fileAnswer("lokationsnumre", format, listRows(ctx, asked));
};
