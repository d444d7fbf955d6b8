import { DomainError } from "@sor/core";
import { writtenHtml } from "@sor/core/guides";
import { findPublicGuide, GuideVersion } from "@sor/core/written-guides";
import { guides } from "#lib/server/guides.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx }, params, url }) => {
  const guide = await guides.find(params.navn);
  if (guide) return { guide, written: null };
  const { version } = readQuery(GuideVersion, url);
  const found = await findPublicGuide(ctx, { slug: params.navn, version });
  if (!found) throw new DomainError("not-found", "no-such-guide");
  const { title, text, ...written } = found;
  return { guide: { title, html: writtenHtml(text) }, written };
};
