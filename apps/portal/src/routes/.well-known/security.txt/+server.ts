import { securityTxt } from "@sor/core";
import { error, text } from "@sveltejs/kit";
import type { RequestHandler } from "./$types";

export const GET: RequestHandler = ({ locals: { config, ctx } }) => {
  if (config.securityContact === undefined) error(404);
  return text(securityTxt({ contact: config.securityContact, origin: config.origin, now: ctx.now }));
};
