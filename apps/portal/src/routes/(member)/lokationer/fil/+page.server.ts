import { DomainError } from "@sor/core";
import { columnNames, getReport, takeFile } from "@sor/core/bulk";
import { Uuid } from "@sor/core/identifiers";
import { fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { getLanguage } from "#lib/language.ts";
import { rowFaultText } from "#lib/server/bulk/fault-words.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

const shownMost = 200;
const nameMax = 120;

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { rapport } = readQuery(z.object({ rapport: Uuid.optional() }), event.url);
  if (rapport === undefined) return { taken: null };
  const { fileName, report, changeSetId } = await getReport(event.locals.ctx, { id: rapport });
  const { counts, rows, ignored, leftOut, faults } = report;
  return {
    taken: {
      ...{ id: rapport, fileName, changeSetId, counts, rows, ignored, leftOut, faultCount: faults.length },
      faults: faults.slice(0, shownMost).map((fault) => ({
        ...{ row: fault.row, column: columnNames[fault.column][getLanguage()], value: fault.value },
        text: rowFaultText(fault),
      })),
    },
  };
};

function refusal(status: number, text: string) {
  const problem: FormProblem = { values: {}, fieldFaults: { fil: [text] }, formFaults: [] };
  return fail(status, { problem });
}

export const actions: Actions = {
  upload: async (event) => {
    requireUser(event);
    const data = await event.request.formData();
    const file = data.get("fil");
    if (!(file instanceof File) || file.size === 0) return refusal(400, m.bulk_upload_missing());
    const given = {
      fileName:
        file.name
          .replaceAll(/[\\/\p{C}]/gu, " ")
          .trim()
          .slice(0, nameMax) || "fil",
      bytes: Buffer.from(await file.arrayBuffer()),
      isWhole: data.get("hel") === "on",
    };
    try {
      const id = await takeFile(event.locals.ctx, given);
      redirect(303, `/lokationer/fil?rapport=${id}`);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return refusal(error.code === "not-allowed" ? 403 : 400, error.words[getLanguage()]);
    }
  },
};
