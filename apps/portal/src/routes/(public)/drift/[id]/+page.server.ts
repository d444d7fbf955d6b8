import { DomainError } from "@sor/core";
import { getNotice } from "@sor/core/status";
import { z } from "zod";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals, params }) => {
  const id = z.uuid().safeParse(params.id);
  if (!id.success) throw new DomainError("not-found", "There is no such notice.");
  return { notice: await getNotice(locals.ctx, id.data) };
};
