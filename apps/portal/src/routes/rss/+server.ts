import { redirect } from "@sveltejs/kit";
import type { RequestHandler } from "./$types";

/** The short address people remember; the feed itself stands at its full one. */
export const GET: RequestHandler = () => redirect(301, "/drift/rss.xml");
