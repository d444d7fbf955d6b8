import { DomainError, decodeCursor, encodeCursor, type Fault } from "@sor/core";
import { questionHashes } from "@sor/core/vault";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../app-env.ts";

/** The paging parameters; all other query parameters are the list's filter. */
const ofPlace = ["after", "limit", "count"];

/** A cursor as clients see it: the list and the filter that it continues, and core's cursor. */
const Carried = z.strictObject({ list: z.string(), question: z.string(), cursor: z.string() });

const listOf = (c: Context<AppEnv>) => c.req.path.toLowerCase();

function filterOf(query: Record<string, string>): string {
  const filter = new URLSearchParams(Object.entries(query).filter(([name]) => !ofPlace.includes(name)));
  filter.sort();
  return filter.toString();
}

/** Unwraps core's cursor; throws `invalid` with the fault when the cursor continues something else. */
function openCursor(
  c: Context<AppEnv>,
  after: string,
  isSame: (question: string) => boolean,
  otherwise: Fault,
): z.infer<typeof Carried> {
  const carried = decodeCursor(Carried, after);
  if (carried.list === listOf(c) && isSame(carried.question)) return carried;
  throw new DomainError("invalid", otherwise, { at: "after" });
}

/**
 * For lists: `after` carries the filter of its page. `after` alone gets the next page of the same list; with another filter, or
 * for another list, it is refused. Runs before the query is parsed.
 */
export const carriesFilter: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { after, limit, count, ...given } = c.req.query();
  if (after === undefined) return await next();
  const isSame = (question: string) => Object.keys(given).length === 0 || filterOf(given) === question;
  const otherwise = "cursor-of-another-list";
  const { question, cursor } = openCursor(c, after, isSame, otherwise);
  const query = new URLSearchParams(question);
  for (const [name, value] of Object.entries({ limit, count }))
    if (value !== undefined) query.set(name, value);
  query.set("after", cursor);
  Object.defineProperty(c.req, "url", { value: `${c.req.url.split("?")[0]}?${query}` });
  return await next();
};

/**
 * For a list requested by a body: the body with core's cursor, and a function that binds a page's cursor to this query. The query
 * is identified by its keyed hash, since it may name a patient. Throws `invalid` for a cursor of another query.
 */
export function continued<Asked extends { after?: string | undefined; limit: number }>(
  c: Context<AppEnv>,
  asked: Asked,
): { asked: Asked; pageOf: <Page extends { next: string | null }>(page: Page) => Page } {
  const { after, limit: _, ...question } = asked;
  const hashes = questionHashes(JSON.stringify(Object.entries(question).sort()));
  const otherwise = "cursor-of-another-search";
  const opened =
    after === undefined ? after : openCursor(c, after, (same) => hashes.includes(same), otherwise);
  const give = (cursor: string) => encodeCursor({ list: listOf(c), question: hashes[0], cursor });
  return {
    asked: { ...asked, after: opened?.cursor },
    pageOf: (page) => ({ ...page, next: page.next === null ? null : give(page.next) }),
  };
}

/** The header that links to the next page, as a route documents it. */
export const nextLinkHeader = {
  Link: { schema: { type: "string" as const }, description: 'The next page, rel="next"' },
};

/** A page as it is answered, its cursor carrying the filter, and the header that links to the next page (RFC 8288). */
export function carriedPage<Page extends { next: string | null }>(
  c: Context<AppEnv>,
  page: Page,
): { page: Page; link: Record<string, string> } {
  if (page.next === null) return { page, link: {} };
  const asked = c.req.query();
  const next = encodeCursor({ list: listOf(c), question: filterOf(asked), cursor: page.next });
  const query = new URLSearchParams({ ...asked, after: next });
  return { page: { ...page, next }, link: { Link: `<${c.req.path}?${query}>; rel="next"` } };
}
