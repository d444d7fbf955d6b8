import type { FhirFacts, FhirHeader, FhirOrganisation } from "./facts.ts";
import type { Wanted } from "./json-scanner.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The parts of a message Bundle that its facts are made from. */
export const wantedOfBundle: Wanted = {
  id: true,
  type: true,
  timestamp: true,
  entry: [
    {
      fullUrl: true,
      resource: {
        resourceType: true,
        id: true,
        definition: true,
        eventCoding: { code: true },
        destination: [{ extension: [{ valueCoding: { code: true } }], receiver: { reference: true } }],
        sender: { reference: true },
        response: { identifier: true, code: true },
        identifier: [{ system: true, value: true }],
      },
    },
  ],
};

/** The facts of a message Bundle in JSON that has been parsed. */
export function factsOfJson(parsed: unknown, own: FhirFacts["own"]): FhirFacts {
  const bundle = object(parsed);
  const entries = list(bundle.entry).map(object);
  const first = object(entries[0]?.resource);
  return {
    bundleId: text(bundle.id),
    bundleType: text(bundle.type),
    timestamp: text(bundle.timestamp),
    header: first.resourceType === "MessageHeader" ? headerOf(first) : undefined,
    headers: entries.filter((entry) => object(entry.resource).resourceType === "MessageHeader").length,
    own,
    organisations: entries.flatMap((entry) => organisationOf(text(entry.fullUrl), object(entry.resource))),
  };
}

function headerOf(header: Json): FhirHeader {
  const destinations = list(header.destination).map(object);
  const primary = destinations.find(isPrimary) ?? destinations[0];
  const response = isObject(header.response)
    ? { identifier: text(header.response.identifier), code: text(header.response.code) }
    : undefined;
  return {
    id: text(header.id),
    event: text(object(header.eventCoding).code),
    definition: text(header.definition),
    sender: text(object(header.sender).reference),
    receiver: text(object(primary?.receiver).reference),
    response,
  };
}

function isPrimary(destination: Json): boolean {
  const extensions = list(destination.extension).map(object);
  return extensions.some((extension) => object(extension.valueCoding).code === "primary");
}

function organisationOf(fullUrl: string, resource: Json): FhirOrganisation[] {
  if (resource.resourceType !== "Organization") return [];
  const identifiers = list(resource.identifier)
    .map(object)
    .map(({ system, value }) => ({ system: text(system), value: text(value) }));
  return [{ id: text(resource.id), fullUrl, identifiers }];
}
