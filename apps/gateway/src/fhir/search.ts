import { encodeCursor } from "@sor/core";
import { countSubjects, type Found, findSubjects, type Reading } from "@sor/core/register-log";
import { searchBundle } from "./bundle.ts";
import { checkIncludes, loadIncluded } from "./includes.ts";
import { entityOf, listCurrentDevices, loadResources } from "./load.ts";
import { FhirFault } from "./outcome.ts";
import type { Search } from "./read-query.ts";
import { readDate, readToken } from "./read-values.ts";
import type { Resource } from "./resources/parts.ts";

type Hits = { resources: Resource[]; next: Found | undefined; total: number | undefined };

/** The answer to a search, as a Bundle. */
export async function search(reading: Reading, asked: Search, base: string): Promise<object> {
  checkIncludes([...asked.includes, ...asked.revIncludes]);
  const hits =
    asked.type === "Device" ? await searchDevices(reading, asked) : await searchSubjects(reading, asked);
  const included = await loadIncluded(reading, hits.resources, asked);
  return searchBundle({
    ...{ asked, base, included, total: hits.total, hits: hits.resources, now: reading.now },
    cursor: hits.next && encodeCursor([hits.next.key, hits.next.id]),
  });
}

async function searchSubjects(reading: Reading, asked: Search): Promise<Hits> {
  const { type, condition, order, after, count, summary } = asked;
  const kind = entityOf(type) === "location" ? ("location" as const) : ("unit" as const);
  const question = { kind, condition };
  const total = asked.isCounted ? await countSubjects(reading, question) : undefined;
  if (summary === "count") return { resources: [], next: undefined, total };
  const found = await findSubjects(reading, { ...question, order, after, limit: count + 1 });
  const shown = found.slice(0, count);
  const resources = await loadResources(
    reading,
    type,
    shown.map(({ id }) => id),
  );
  return { resources, next: found.length > count ? shown.at(-1) : undefined, total };
}

const textOf = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(textOf);
};

/** Whether a Device fits one value of a parameter. */
function fits(resource: Resource, name: string, modifier: string | undefined, value: string): boolean {
  if (name === "_id") return resource.id === value;
  if (name === "_lastUpdated") return fitsDate(new Date(resource.meta.lastUpdated), value);
  if (name === "manufacturer" || name === "device-name") {
    const text =
      name === "manufacturer" ? textOf(resource.manufacturer) : textOf(resource.deviceName).slice(0, 1);
    return text.some((each) => fitsText(each, modifier, value));
  }
  const { system, code } = readToken(value);
  const pairs = pairsOf(resource, name);
  return pairs.some(
    (pair) => (system === undefined || pair.system === system) && (code === "" || pair.code === code),
  );
}

function pairsOf(resource: Resource, name: string): { system?: string; code?: string }[] {
  if (name === "status") return [{ code: String(resource.status) }];
  if (name === "type") return (resource.type as { coding: { system: string; code: string }[] }).coding;
  return (resource.identifier as { system: string; value: string }[]).map(({ system, value }) => ({
    system,
    code: value,
  }));
}

function fitsText(text: string, modifier: string | undefined, value: string): boolean {
  if (modifier === "exact") return text === value;
  const [held, wanted] = [text.toLowerCase(), value.toLowerCase()];
  return modifier === "contains" ? held.includes(wanted) : held.startsWith(wanted);
}

function fitsDate(at: Date, value: string): boolean {
  const { prefix, from, to } = readDate(value, "_lastUpdated");
  const isInside = from <= at && at < to;
  if (prefix === "gt" || prefix === "sa") return at >= to;
  if (prefix === "lt" || prefix === "eb") return at < from;
  if (prefix === "ge") return at >= from;
  if (prefix === "le") return at < to;
  return prefix === "ne" ? !isInside : isInside;
}

const modifiers = { text: ["exact", "contains"], token: ["not"] };

async function searchDevices(reading: Reading, asked: Search): Promise<Hits> {
  for (const { name, modifier } of asked.plain) {
    const allowed = name === "manufacturer" || name === "device-name" ? modifiers.text : modifiers.token;
    if (modifier !== undefined && !allowed.includes(modifier))
      throw new FhirFault(400, "not-supported", "The modifier cannot be used here.", name);
  }
  const all = (await listCurrentDevices(reading)).filter((resource) =>
    asked.plain.every(({ name, modifier, values }) => {
      const isFound = values.some((value) => fits(resource, name, modifier, value));
      return modifier === "not" ? !isFound : isFound;
    }),
  );
  const keyed = all.map((resource) => ({
    resource,
    key: asked.order.by === "told" ? resource.meta.versionId.padStart(15, "0") : resource.id,
    id: resource.id,
  }));
  const way = asked.order.isDescending ? -1 : 1;
  const compare = (a: Found, b: Found) => way * (a.key < b.key || (a.key === b.key && a.id < b.id) ? -1 : 1);
  const { after } = asked;
  const left = keyed
    .toSorted(compare)
    .filter((each) => !after || (each.id !== after.id && compare(each, after) > 0));
  const shown = asked.summary === "count" ? [] : left.slice(0, asked.count);
  const last = shown.at(-1);
  return {
    resources: shown.map(({ resource }) => resource),
    next: last && left.length > shown.length ? last : undefined,
    total: asked.isCounted ? all.length : undefined,
  };
}
