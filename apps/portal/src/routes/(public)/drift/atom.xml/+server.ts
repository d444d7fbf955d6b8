import { atomFeed } from "@sor/core/status";
import { answerNotices } from "#lib/server/subscriptions/notice-feed.ts";
import type { RequestHandler } from "./$types";

const type = "application/atom+xml; charset=utf-8";

/** The notices as Atom. */
export const GET: RequestHandler = (event) =>
  answerNotices(event, { path: "/drift/atom.xml", type, write: atomFeed });
