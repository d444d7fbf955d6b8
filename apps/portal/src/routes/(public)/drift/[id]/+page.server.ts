import { DomainError } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import { getNotice } from "@sor/core/status";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals, params }) => {
  const id = Uuid.safeParse(params.id);
  if (!id.success) throw new DomainError("not-found", "There is no such notice.");
  return { notice: await getNotice(locals.ctx, id.data) };
};
