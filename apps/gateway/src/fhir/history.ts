import { randomUUID } from "node:crypto";
import { decodeCursor, encodeCursor } from "@sor/core";
import { listVersions, type Reading, type VersionKey, type VersionPlace } from "@sor/core/register-log";
import { z } from "zod";
import { type Entity, entityOf, loadTimelines, type ResourceVersion, type Timeline } from "./load.ts";
import { FhirFault } from "./outcome.ts";
import { readDate } from "./read-values.ts";
import type { ResourceType } from "./resources/parts.ts";

const [countMax, countDefault, batchesMax] = [500, 50, 20];
const cursorForm = z.object({
  after: z.object({ sequence: z.int(), entity: z.string().max(20), subject: z.string().max(64) }).optional(),
  skip: z.int().min(0).max(10),
});
type Cursor = z.infer<typeof cursorForm>;

/** A question for versions: of one resource, of a type, or of all. */
type HistoryQuestion = {
  types: readonly ResourceType[];
  id?: string | undefined;
  since: Date | undefined;
  count: number;
  cursor: Cursor;
};

type Parameters = { count: string | undefined; since: string | undefined; cursor: string | undefined };

/** Reads the parameters of `_history`. */
export function readHistory(
  of: Pick<HistoryQuestion, "types" | "id">,
  { count = String(countDefault), since, cursor }: Parameters,
): HistoryQuestion {
  if (!/^[1-9]\d{0,8}$/.test(count))
    throw new FhirFault(400, "value", "_count is a number from 1.", "_count");
  return {
    ...of,
    count: Math.min(Number(count), countMax),
    since: since === undefined ? undefined : readDate(since, "_since").from,
    cursor: cursor === undefined ? { skip: 0 } : decodeCursor(cursorForm, cursor),
  };
}

type Entry = { type: ResourceType; id: string; version: ResourceVersion; method: "POST" | "PUT" | "DELETE" };

const statuses = { POST: "201", PUT: "200", DELETE: "204" } as const;

/** What a sequence did to a resource: nothing where it was not there before or after. */
function methodOf({ versions }: Timeline, at: number): Entry["method"] | undefined {
  const [version, before] = [versions[at], versions[at - 1]];
  if (!version) return undefined;
  if (!version.resource) return before?.resource ? "DELETE" : undefined;
  return versions.slice(0, at).some(({ resource }) => resource) ? "PUT" : "POST";
}

async function entriesOf(
  reading: Reading,
  places: readonly VersionPlace[],
  types: readonly ResourceType[],
): Promise<Entry[][]> {
  const subjects = (entity: Entity) => [
    ...new Set(places.flatMap((place) => (place.entity === entity ? [place.subject] : []))),
  ];
  const timelines = new Map<ResourceType, ReadonlyMap<string, Timeline>>();
  for (const type of types) timelines.set(type, await loadTimelines(reading, type, subjects(entityOf(type))));
  return places.map(({ sequence, entity, subject }) =>
    types.flatMap((type): Entry[] => {
      const timeline = entityOf(type) === entity ? timelines.get(type)?.get(subject) : undefined;
      const at = timeline?.versions.findIndex((version) => version.sequence === sequence) ?? -1;
      const version = timeline?.versions[at];
      const method = timeline && methodOf(timeline, at);
      return version && method ? [{ type, id: subject, version, method }] : [];
    }),
  );
}

/** Fills a page; where it ends inside a place, the next page begins with the rest of that place. */
async function fill(reading: Reading, { types, id, since, count, cursor }: HistoryQuestion) {
  const entities = [...new Set(types.map(entityOf))];
  const entries: Entry[] = [];
  let { after, skip }: { after?: VersionKey | undefined; skip: number } = cursor;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const places = await listVersions(reading, { entities, subject: id, since, after, limit: count + 1 });
    const lists = await entriesOf(reading, places, types);
    for (const [at, place] of places.entries()) {
      const rest = (lists[at] ?? []).slice(skip);
      const room = count - entries.length;
      if (rest.length > 0 && room === 0) return { entries, next: { after, skip } };
      entries.push(...rest.slice(0, room));
      if (rest.length > room) return { entries, next: { after, skip: skip + room } };
      const { sequence, entity, subject } = place;
      after = { sequence, entity, subject };
      skip = 0;
    }
    if (places.length <= count) return { entries, next: undefined };
  }
  return { entries, next: { after, skip } };
}

/** The versions as a Bundle of type history, the newest first. */
export async function history(
  reading: Reading,
  question: HistoryQuestion,
  { base, path }: { base: string; path: string },
): Promise<object> {
  const { entries, next } = await fill(reading, question);
  const parameters = (cursor?: Cursor) => {
    const { count, since } = question;
    const query = new URLSearchParams({
      _count: String(count),
      ...(since && { _since: since.toISOString() }),
      ...(cursor && { _cursor: encodeCursor(cursor) }),
    });
    return `${base}${path}?${query}`;
  };
  const entry = entries.map(({ type, id, version, method }) => ({
    fullUrl: `${base}/${type}/${id}`,
    ...(version.resource && { resource: version.resource }),
    request: { method, url: method === "POST" ? type : `${type}/${id}` },
    response: {
      status: statuses[method],
      etag: `W/"${version.sequence}"`,
      lastModified: version.at.toISOString(),
    },
  }));
  return {
    ...{
      resourceType: "Bundle",
      id: randomUUID(),
      meta: { lastUpdated: reading.now.toISOString() },
      type: "history",
    },
    link: [
      { relation: "self", url: parameters() },
      ...(next ? [{ relation: "next", url: parameters(next) }] : []),
    ],
    ...(entry.length > 0 && { entry }),
  };
}
