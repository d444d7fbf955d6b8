import type { Context } from "@sor/core";
import { listNews } from "@sor/core/news";

/** The newest articles, of which an issue is made. */
export async function issueChoices(ctx: Context): Promise<{ id: string; title: string }[]> {
  const { items } = await listNews(ctx, { limit: 40 });
  return items.map(({ id, title }) => ({ id, title }));
}
