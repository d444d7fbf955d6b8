import { Uuid } from "@sor/core/identifiers";
import { getNotice } from "@sor/core/status";
import { lastGood } from "#lib/server/last-good.ts";
import { readParam } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx, config }, params }) => {
  const id = readParam(Uuid, params.id);
  const asked = { dataDir: config.dataDir, key: `notice ${id}`, now: ctx.now };
  const { value: notice } = await lastGood(asked, () => getNotice(ctx, id));
  return { notice };
};
