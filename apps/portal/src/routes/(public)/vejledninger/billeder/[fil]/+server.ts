import { DomainError } from "@sor/core";
import { guides } from "#lib/server/guides.ts";
import type { RequestHandler } from "./$types";

export const GET: RequestHandler = async ({ params }) => {
  const picture = params.fil.endsWith(".webp") ? await guides.picture(params.fil.slice(0, -5)) : undefined;
  if (!picture) throw new DomainError("not-found", "no-such-address");
  return new Response(picture, {
    headers: { "content-type": "image/webp", "cache-control": "public, max-age=3600" },
  });
};
