import type { Context } from "@sor/core";
import {
  type FeedAddress,
  type FeedEntry,
  feedEntries,
  kindNamesDa,
  kindOfSlug,
  kindSlugs,
  listFeedNotices,
  listServices,
  type NoticeKind,
  newestChange,
  type Service,
} from "@sor/core/status";
import type { RequestEvent } from "@sveltejs/kit";
import { answerFeed } from "../feed-answer.ts";

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

function addressOf(path: string, { service, kind }: Narrowing) {
  const query = new URLSearchParams();
  if (service) query.set("service", service.id);
  if (kind) query.set("type", kindSlugs[kind]);
  return {
    selfPath: `${path}${query.size > 0 ? `?${query}` : ""}`,
    narrowedTo: [service?.nameDa, kind && kindNamesDa[kind]].filter(Boolean).join(", "),
  };
}

type Event = Parameters<typeof answerFeed>[0] & Pick<RequestEvent, "url">;

/**
 * Answers the notices in one format, narrowed by `?service=` and `?type=`; an unknown filter is a 400, never the whole feed. `path` is
 * the feed's own, `type` its media type; RSS without one.
 */
export function answerNotices(
  event: Event,
  format: {
    path: string;
    type?: string;
    write: (entries: readonly FeedEntry[], address: FeedAddress) => string;
  },
): Promise<Response> {
  return answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const narrowing = await readNarrowing(ctx, event.url.searchParams);
    if ("fault" in narrowing) return narrowing;
    const { service, kind } = narrowing;
    const entries = feedEntries(await listFeedNotices(ctx, { serviceId: service?.id, kind }));
    const address = { origin: config.origin, ...addressOf(format.path, narrowing) };
    const { type } = format;
    return {
      ...{ body: format.write(entries, address), changedAt: newestChange(entries) },
      ...(type !== undefined && { type }),
    };
  });
}
