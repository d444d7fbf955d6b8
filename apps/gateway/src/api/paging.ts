import { decodeCursor, encodeCursor } from "@sor/core";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problems.ts";

/** What says where in a list one is, and how much of it is wanted: all else in an address is the list's filter. */
const ofPlace = ["after", "limit", "count"];

/** A cursor as it is given out: the filter of its list, and the cursor that core knows. */
const Carried = z.strictObject({ filter: z.string(), cursor: z.string() });

function filterOf(query: Record<string, string>): string {
  const filter = new URLSearchParams(Object.entries(query).filter(([name]) => !ofPlace.includes(name)));
  filter.sort();
  return filter.toString();
}

const otherFilter = {
  da: "hører til et andet filter: send det samme igen, eller følg Link",
  en: "belongs to another filter: send the same again, or follow Link",
};

/**
 * For lists: lets `after` bring the filter of its page along. Whoever sends it alone gets the next page of the same list; whoever
 * sends another filter with it is refused. Stands before what reads the query.
 */
export const carriesFilter: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { after, limit, count, ...given } = c.req.query();
  if (after === undefined) return await next();
  const { filter, cursor } = decodeCursor(Carried, after);
  if (Object.keys(given).length > 0 && filterOf(given) !== filter) {
    return problem(c, "invalid", { errors: [{ parameter: "after", detail: otherFilter[c.var.language] }] });
  }
  const query = new URLSearchParams(filter);
  for (const [name, value] of Object.entries({ limit, count }))
    if (value !== undefined) query.set(name, value);
  query.set("after", cursor);
  Object.defineProperty(c.req, "url", { value: `${c.req.url.split("?")[0]}?${query}` });
  return await next();
};

/** The header that leads to the page after this one, as a route documents it. */
export const nextLinkHeader = {
  Link: { schema: { type: "string" as const }, description: 'The page after this one, rel="next"' },
};

/** A page as it is answered, its cursor carrying the filter, and the header that leads to the page after it (RFC 8288). */
export function carriedPage<Page extends { next: string | null }>(
  c: Context<AppEnv>,
  page: Page,
): { page: Page; link: Record<string, string> } {
  if (page.next === null) return { page, link: {} };
  const asked = c.req.query();
  const next = encodeCursor({ filter: filterOf(asked), cursor: page.next });
  const query = new URLSearchParams({ ...asked, after: next });
  return { page: { ...page, next }, link: { Link: `<${c.req.path}?${query}>; rel="next"` } };
}
