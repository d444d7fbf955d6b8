import type { Context } from "@sor/core";
import { type ComingChange, ComingQuestion, listComingChanges } from "@sor/core/day-changes";
import { SorId } from "@sor/core/identifiers";
import { getOrganisation } from "@sor/core/organisations";
import { z } from "zod";
import { comingTitle } from "#lib/coming-words.ts";

/** Which coming changes a page or a feed is about. */
export const ComingQuery = z.object({
  under: SorId.optional(),
  om: ComingQuestion.shape.subject,
  slags: ComingQuestion.shape.kind,
  after: ComingQuestion.shape.after,
});
type ComingQuery = z.output<typeof ComingQuery>;

const feedMax = 500;

/** A page of coming changes, and the name of the unit that it is narrowed to; throws `not-found` for one that does not exist. */
export async function readComing(ctx: Context, query: ComingQuery, limit = 100) {
  const { under, om, slags, after } = query;
  const unit = under === undefined ? null : await getOrganisation(ctx, { sorId: under });
  const page = await listComingChanges(ctx, { subtreeOf: under, subject: om, kind: slags, after, limit });
  return { unit: unit && { sorId: unit.sorId, name: unit.name }, page };
}

/** The query of the same changes as a feed; empty, or with its question mark. */
export function feedQuery({ under, om, slags }: ComingQuery): string {
  const query = new URLSearchParams({ ...(under && { under }), ...(om && { om }), ...(slags && { slags }) });
  return query.size > 0 ? `?${query}` : "";
}

/** The earliest coming changes, as feeds and calendars name them in Danish. Nothing that only some may see is among it. */
export async function readComingFeed(ctx: Context, query: ComingQuery, origin: string) {
  const { unit, page } = await readComing(ctx, { ...query, after: undefined }, feedMax);
  const items = page.items.map((change) => ({
    uid: `${change.subject}-${change.id}-${change.day}`,
    day: change.day,
    changedAt: change.recordedAt,
    title: comingTitle(change),
    address: `${origin}${addressOf(change)}`,
  }));
  const title = unit ? `Kommende ændringer: ${unit.name}` : "Kommende ændringer i registret";
  const newest = items.reduce((latest, { changedAt }) => Math.max(latest, changedAt.getTime()), 0);
  return { title, items, changedAt: items.length > 0 ? new Date(newest) : undefined };
}

/** The page of what a change is about. */
export const addressOf = ({ subject, id, day }: Pick<ComingChange, "subject" | "id" | "day">): string =>
  subject === "unit" ? `/enhed/${id}?dag=${day}` : `/lokation/${id}`;
