import { columnNames, fileColumns, getReport } from "@sor/core/bulk";
import { Uuid } from "@sor/core/identifiers";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import { rowFaultText } from "#lib/server/bulk/fault-words.ts";
import { fileAnswer } from "#lib/server/bulk/file-answer.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { RequestHandler } from "./$types";

/** The faulty rows as they were uploaded, each with what is wrong with it: corrected, the file can be uploaded again. */
export const GET: RequestHandler = async (event) => {
  requireUser(event);
  const { rapport } = readQuery(z.object({ rapport: Uuid }), event.url);
  const { report } = await getReport(event.locals.ctx, { id: rapport });
  const language = getLanguage();
  const faultsOf = Map.groupBy(report.faults, (fault) => fault.row);
  const said = (row: number) =>
    (faultsOf.get(row) ?? [])
      .map((fault) => `${columnNames[fault.column][language]}: ${rowFaultText(fault)}`)
      .join(" ");
  const rows = [
    [...fileColumns.map((column) => columnNames[column][language]), m.bulk_row(), m.bulk_rule()],
    ...report.faulty.map(({ row, cells }) => [...cells, String(row), said(row)]),
  ];
  return fileAnswer(
    "raekker-med-fejl",
    "csv",
    (async function* () {
      yield* rows;
    })(),
  );
};
