import { findSubjects, type Reading } from "@sor/core/register-log";
import { loadResources } from "./load.ts";
import { FhirFault } from "./outcome.ts";
import { bases, everything, parameters } from "./parameters.ts";
import { type Resource, type ResourceType, resourceTypes } from "./resources/parts.ts";

/** The element of each reference that can be included, by type and parameter. */
const elements: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Organization: { partof: "partOf", endpoint: "endpoint" },
  Location: { organization: "managingOrganization", partof: "partOf", endpoint: "endpoint" },
  HealthcareService: { organization: "providedBy", location: "location", endpoint: "endpoint" },
  OrganizationAffiliation: {
    "participating-organization": "participatingOrganization",
    "primary-organization": "organization",
  },
  Endpoint: { organization: "managingOrganization" },
};

/** What `_include` and `_revinclude` may name. */
export const includable = Object.entries(elements).flatMap(([type, of]) =>
  Object.keys(of).map((name) => `${type}:${name}`),
);
const [includedMax, roundsMax] = [1000, 5];

const keyOf = ({ resourceType, id }: Resource) => `${resourceType}/${id}`;

function referencesIn(resource: Resource, elementName: string): string[] {
  const value = resource[elementName];
  const list = (Array.isArray(value) ? value : [value]) as ({ reference?: string } | undefined)[];
  return list.flatMap((each) => each?.reference ?? []);
}

function wanted(resource: Resource, includes: readonly string[]): string[] {
  return includes.flatMap((include) => {
    if (include === "*")
      return Object.values(elements[resource.resourceType] ?? {}).flatMap((name) =>
        referencesIn(resource, name),
      );
    const [type, name = ""] = include.split(":");
    const elementName = type === resource.resourceType ? elements[type]?.[name] : undefined;
    return elementName === undefined ? [] : referencesIn(resource, elementName);
  });
}

export function checkIncludes(includes: readonly string[]): void {
  for (const include of includes) {
    const [type, name] = include.split(":");
    if (include === "*" || includable.includes(`${type}:${name}`)) continue;
    throw new FhirFault(
      400,
      "not-supported",
      `Not a reference to include: ${include.slice(0, 80)}`,
      "_include",
    );
  }
}

const isType = (text: string | undefined): text is ResourceType =>
  resourceTypes.some((type) => type === text);

async function loadReferences(reading: Reading, references: readonly string[]): Promise<Resource[]> {
  const byType = Map.groupBy(references, (text) => text.split("/")[0]);
  const loaded = await Promise.all(
    [...byType].map(async ([type, texts]) =>
      isType(type)
        ? await loadResources(
            reading,
            type,
            texts.map((text) => text.slice(type.length + 1)),
          )
        : [],
    ),
  );
  return loaded.flat();
}

/** Resources that refer to some of these by a reference, at most as many as are left. */
async function referring(
  reading: Reading,
  include: string,
  resources: readonly Resource[],
  limit: number,
): Promise<Resource[]> {
  const [type, name = ""] = include.split(":");
  if (!isType(type) || type === "Device" || limit <= 0) return [];
  const parameter = parameters[type][name];
  const targets = resources.filter(({ resourceType }) => resourceType === parameter?.leads?.to);
  if (!parameter || targets.length === 0) return [];
  const any = targets.map(({ id }) => parameter.of(id, undefined));
  const found = await findSubjects(reading, {
    kind: type === "Endpoint" ? "location" : "unit",
    condition: { all: [bases[type] ?? everything, { any }] },
    order: { by: "id", isDescending: false },
    limit,
  });
  return await loadResources(
    reading,
    type,
    found.map(({ id }) => id),
  );
}

/** What is included with the hits, each once and none that is a hit itself; includes are followed from what they included. */
export async function loadIncluded(
  reading: Reading,
  hits: readonly Resource[],
  { includes, revIncludes }: { includes: readonly string[]; revIncludes: readonly string[] },
): Promise<Resource[]> {
  const seen = new Set(hits.map(keyOf));
  const included: Resource[] = [];
  const take = (resources: readonly Resource[]): Resource[] => {
    const fresh = resources.filter((each) => !seen.has(keyOf(each))).slice(0, includedMax - included.length);
    for (const each of fresh) seen.add(keyOf(each));
    included.push(...fresh);
    return fresh;
  };
  for (const include of revIncludes)
    take(await referring(reading, include, hits, includedMax - included.length));
  let wave: readonly Resource[] = [...hits, ...included];
  for (let round = 0; wave.length > 0 && includes.length > 0 && round < roundsMax; round += 1) {
    const texts = [...new Set(wave.flatMap((each) => wanted(each, includes)))].filter(
      (text) => !seen.has(text),
    );
    wave = take(await loadReferences(reading, texts.slice(0, includedMax)));
  }
  return included;
}
