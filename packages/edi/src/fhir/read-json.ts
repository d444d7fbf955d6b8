import type { FhirFacts, FhirHeader, FhirOrganisation } from "./facts.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The facts of a message Bundle in JSON that has been parsed. */
export function factsOfJson(parsed: unknown): FhirFacts {
  const bundle = object(parsed);
  const entries = list(bundle.entry).map(object);
  const first = object(entries[0]?.resource);
  return {
    bundleId: text(bundle.id),
    bundleType: text(bundle.type),
    timestamp: text(bundle.timestamp),
    header: first.resourceType === "MessageHeader" ? headerOf(first) : undefined,
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

/** How deep arrays and objects nest in JSON text, told without parsing it. */
export function jsonDepth(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) at = endOfString(bytes, at + 1);
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
}
