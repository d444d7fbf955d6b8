import { SorId } from "@sor/core/identifiers";
import { type BranchUnit, getOrganisation, listBranch } from "@sor/core/organisations";
import { WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import { fileAnswer } from "#lib/server/bulk/file-answer.ts";
import { readParam, readQuery } from "#lib/server/queries.ts";
import { levelName } from "#lib/unit-words.ts";
import { m } from "#lib/words/index.ts";
import type { RequestHandler } from "./$types";

const unitsMax = 5000;

/** A unit and all below it with their places in both hierarchies, as CSV. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const question = {
    sorId: readParam(SorId, params.sorId),
    validAt: readQuery(z.object({ dag: WrittenDay.optional() }), url).dag,
  };
  await getOrganisation(locals.ctx, question);
  const { units, isAll } = await listBranch(locals.ctx, { ...question, limit: unitsMax });
  return fileAnswer(`hierarki-${question.sorId}`, "csv", rowsOf(units, isAll));
};

async function* rowsOf(units: readonly BranchUnit[], isAll: boolean): AsyncGenerator<string[]> {
  yield [
    ...[m.register_sor_id(), m.hierarchy_unit(), m.hierarchy_level(), m.hierarchy_above()],
    ...[m.hierarchy_clinical_level(), m.hierarchy_clinical_above()],
  ];
  for (const unit of units) {
    yield [
      ...[unit.sorId, unit.name, levelName(unit.level), unit.parentSorId ?? ""],
      ...[unit.clinicalLevel ?? "", (unit.clinicalLevel && unit.clinicalParentSorId) ?? ""],
    ];
  }
  if (!isAll) yield [m.hierarchy_file_cut(), "", "", "", "", ""];
}
