import { redirect } from "@sveltejs/kit";
import type { RequestHandler } from "./$types";

/** A short URL that redirects to the feed. */
export const GET: RequestHandler = () => redirect(301, "/drift/rss.xml");
