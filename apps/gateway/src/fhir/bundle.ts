import { randomUUID } from "node:crypto";
import type { Search } from "./read-query.ts";
import type { Resource } from "./resources/parts.ts";

type SearchAnswer = {
  asked: Search;
  base: string;
  hits: readonly Resource[];
  included: readonly Resource[];
  total: number | undefined;
  cursor: string | undefined;
  now: Date;
};

const subsetted = { system: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", code: "SUBSETTED" };

/** Elements that R4 marks as part of a summary, of those that our resources have; the others are left out of it. */
const notInSummary = new Set([
  ...["extension", "telecom", "address", "contact", "endpoint", "physicalType", "header", "version"],
  ...["deviceName", "manufacturer"],
]);
const inSummaryOf: Readonly<Record<string, readonly string[]>> = {
  OrganizationAffiliation: ["endpoint"],
  Endpoint: ["address"],
};
const mandatory = ["resourceType", "id", "meta", "status", "connectionType", "payloadType", "address"];

/** A resource with some of its elements only, marked as such. */
function reduced(resource: Resource, { summary, elements }: Search): Resource {
  const isKept = (name: string): boolean => {
    if (["resourceType", "id", "meta"].includes(name)) return true;
    if (resource.resourceType === "Endpoint" && mandatory.includes(name)) return true;
    if (elements.length > 0)
      return elements.includes(name) || elements.includes(`${resource.resourceType}.${name}`);
    if (summary === "true")
      return !notInSummary.has(name) || (inSummaryOf[resource.resourceType] ?? []).includes(name);
    return summary !== "text" || mandatory.includes(name);
  };
  const isWhole = elements.length === 0 && ["false", "data"].includes(summary);
  if (isWhole) return resource;
  const kept = Object.fromEntries(Object.entries(resource).filter(([name]) => isKept(name))) as Resource;
  return { ...kept, meta: { ...resource.meta, tag: [subsetted] } };
}

const linkTo = (base: string, type: string, parameters: readonly (readonly [string, string])[]) => {
  const query = new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString();
  return `${base}/${type}${query === "" ? "" : `?${query}`}`;
};

/** The hits and what is included as a Bundle of type searchset. */
export function searchBundle({ asked, base, hits, included, total, cursor, now }: SearchAnswer): object {
  const others = asked.used.filter(([name]) => name !== "_cursor");
  const entryOf = (mode: "match" | "include") => (resource: Resource) => ({
    fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
    resource: reduced(resource, asked),
    search: { mode },
  });
  const entry = [...hits.map(entryOf("match")), ...included.map(entryOf("include"))];
  const next = { relation: "next", url: linkTo(base, asked.type, [...others, ["_cursor", cursor ?? ""]]) };
  return {
    ...{
      resourceType: "Bundle",
      id: randomUUID(),
      meta: { lastUpdated: now.toISOString() },
      type: "searchset",
    },
    ...(total !== undefined && { total }),
    link: [{ relation: "self", url: linkTo(base, asked.type, asked.used) }, ...(cursor ? [next] : [])],
    ...(entry.length > 0 && { entry }),
  };
}
