import { listCodes } from "@sor/core/code-lists";
import { reportOutdated } from "@sor/core/phasing-out";
import { getLanguage } from "#lib/language.ts";
import { fileAnswer } from "#lib/server/bulk/file-answer.ts";
import { requireUser } from "#lib/server/guards.ts";
import { m } from "#lib/words/index.ts";
import type { RequestHandler } from "./$types";

export const GET: RequestHandler = async (event) => {
  requireUser(event);
  const lines = await reportOutdated(event.locals.ctx);
  const regions = new Map(listCodes("regions").map((each) => [each.code, each[getLanguage()]]));
  async function* rows() {
    yield [m.bulk_type(), m.phasing_version(), m.phasing_supplier(), m.phasing_region(), m.phasing_count()];
    for (const { messageType, version, supplierName, regionCode, locations } of lines) {
      const region = regions.get(regionCode ?? "") ?? regionCode ?? "";
      yield [messageType, version, supplierName ?? "", region, String(locations)];
    }
  }
  return fileAnswer("udfasning", "csv", rows());
};
