import { DomainError } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import { fileRules, findNewsFile } from "@sor/core/news";
import { holds } from "#lib/server/guards.ts";
import { readParam } from "#lib/server/queries.ts";
import type { RequestHandler } from "./$types";

/** A picture or attachment of an article; of one that is not public only for its authors. */
export const GET: RequestHandler = async ({ locals: { ctx }, params }) => {
  const { actor, now } = ctx;
  const forAuthors = actor.kind === "user" && holds(actor, "publication.edit", now);
  const file = await findNewsFile(ctx, { id: readParam(Uuid, params.id), forAuthors });
  if (!file || file.name !== params.navn) throw new DomainError("not-found", "no-such-file");
  const { mediaType, isPicture } = fileRules[file.type];
  const disposition = `${isPicture ? "inline" : "attachment"}; filename*=UTF-8''${encodeURIComponent(file.name)}`;
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      "content-type": mediaType,
      "content-length": String(file.sizeBytes),
      "content-disposition": disposition,
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": forAuthors ? "private, no-cache" : "public, max-age=300",
    },
  });
};
