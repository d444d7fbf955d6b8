import type { Context } from "@sor/core";
import {
  feedEntries,
  kindNamesDa,
  kindOfSlug,
  kindSlugs,
  listFeedNotices,
  listServices,
  type NoticeKind,
  newestChange,
  rssFeed,
  type Service,
} from "@sor/core/status";
import { answerFeed } from "#lib/server/feed-answer.ts";
import type { RequestHandler } from "./$types";

type Narrowing = { service?: Service | undefined; kind?: NoticeKind | undefined };

const parametersKnown = new Set(["service", "type"]);

async function readNarrowing(ctx: Context, query: URLSearchParams): Promise<Narrowing | { fault: string }> {
  if ([...query.keys()].some((name) => !parametersKnown.has(name))) {
    return { fault: `Ukendt parameter. Kendte: ${[...parametersKnown].join(", ")}.` };
  }
  const serviceId = query.get("service");
  const service =
    serviceId === null ? undefined : (await listServices(ctx)).find(({ id }) => id === serviceId);
  if (serviceId !== null && !service) return { fault: "Ukendt service. Se /drift/abonner." };
  const slug = query.get("type");
  const kind = slug === null ? undefined : kindOfSlug(slug);
  if (slug !== null && !kind)
    return { fault: `Ukendt type. Kendte: ${Object.values(kindSlugs).join(", ")}.` };
  return { service, kind };
}

function addressOf({ service, kind }: Narrowing) {
  const query = new URLSearchParams();
  if (service) query.set("service", service.id);
  if (kind) query.set("type", kindSlugs[kind]);
  return {
    selfPath: `/drift/rss.xml${query.size > 0 ? `?${query}` : ""}`,
    narrowedTo: [service?.nameDa, kind && kindNamesDa[kind]].filter(Boolean).join(", "),
  };
}

/** The notices as RSS, narrowed by `?service=` and `?type=`; an unknown filter is a 400, never the whole feed. */
export const GET: RequestHandler = (event) =>
  answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const narrowing = await readNarrowing(ctx, event.url.searchParams);
    if ("fault" in narrowing) return narrowing;
    const { service, kind } = narrowing;
    const entries = feedEntries(await listFeedNotices(ctx, { serviceId: service?.id, kind }));
    const address = addressOf(narrowing);
    return {
      body: rssFeed(entries, { origin: config.origin, ...address }),
      changedAt: newestChange(entries),
    };
  });
