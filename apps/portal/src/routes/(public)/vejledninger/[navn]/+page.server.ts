import { DomainError } from "@sor/core";
import { guides } from "#lib/server/guides.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ params }) => {
  const guide = await guides.find(params.navn);
  if (!guide) throw new DomainError("not-found", "no-such-address");
  return { guide };
};
