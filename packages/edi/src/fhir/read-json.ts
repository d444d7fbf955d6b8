import { missingAt, type Placed } from "../placed.ts";
import type { FhirFacts, FhirHeader, FhirOrganisation } from "./facts.ts";
import type { JsonScanner, Wanted } from "./json-scanner.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The parts of a message Bundle that its facts are read from. */
export const wantedOfBundle: Wanted = {
  resourceType: true,
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

/** Whether the scanned value is a Bundle. */
export const isBundle = (value: unknown) => isObject(value) && value.resourceType === "Bundle";

/** A scanned object and the places of its members. A missing object is empty, and its place is that of its parent. */
class Scanned {
  readonly at: number;
  readonly #scanner: JsonScanner;
  readonly #value: Json;

  constructor(scanner: JsonScanner, value: unknown, at = 0) {
    this.#scanner = scanner;
    this.#value = isObject(value) ? value : {};
    this.at = (isObject(value) ? scanner.placeOf(value) : undefined) ?? at;
  }

  text(name: string): Placed {
    const value = this.#value[name];
    if (typeof value !== "string") return missingAt(this.at);
    return { text: value.trim(), at: this.#scanner.placeOf(this.#value, name) ?? this.at };
  }

  object(name: string): Scanned {
    return new Scanned(this.#scanner, this.#value[name], this.at);
  }

  /** The objects of a list; other values in it count as empty objects. */
  objects(name: string): Scanned[] {
    return list(this.#value[name]).map((item) => new Scanned(this.#scanner, item, this.at));
  }

  /** Where a list begins, or the object that lacks it. */
  listAt(name: string): number {
    const value = this.#value[name];
    return (Array.isArray(value) ? this.#scanner.placeOf(value) : undefined) ?? this.at;
  }

  has(name: string): boolean {
    return isObject(this.#value[name]);
  }
}

/** The facts of a message Bundle in JSON that has been scanned for `wantedOfBundle`. */
export function factsOfJson(scanner: JsonScanner, own: FhirFacts["own"]): FhirFacts {
  const bundle = new Scanned(scanner, scanner.value);
  const entries = bundle.objects("entry");
  const headers = entries
    .map((entry) => entry.object("resource"))
    .filter((resource) => resource.text("resourceType").text === "MessageHeader");
  const first = entries[0]?.object("resource");
  return {
    id: bundle.text("id"),
    type: bundle.text("type"),
    timestamp: bundle.text("timestamp"),
    entriesAt: first?.at ?? bundle.listAt("entry"),
    header: first?.text("resourceType").text === "MessageHeader" ? headerOf(first) : undefined,
    secondHeaderAt: headers[1]?.at,
    own,
    organisations: entries.flatMap(organisationOf),
  };
}

function headerOf(header: Scanned): FhirHeader {
  const response = header.object("response");
  return {
    at: header.at,
    id: header.text("id"),
    event: header.object("eventCoding").text("code"),
    definition: header.text("definition"),
    sender: header.object("sender").text("reference"),
    destinations: header.objects("destination").map((destination) => ({
      isPrimary: isPrimary(destination),
      receiver: destination.object("receiver").text("reference"),
    })),
    response: header.has("response")
      ? { identifier: response.text("identifier"), code: response.text("code") }
      : undefined,
  };
}

const isPrimary = (destination: Scanned) =>
  destination
    .objects("extension")
    .some((extension) => extension.object("valueCoding").text("code").text === "primary");

function organisationOf(entry: Scanned): FhirOrganisation[] {
  const resource = entry.object("resource");
  if (resource.text("resourceType").text !== "Organization") return [];
  const identifiers = resource
    .objects("identifier")
    .map((identifier) => ({ system: identifier.text("system"), value: identifier.text("value") }));
  return [{ id: resource.text("id"), fullUrl: entry.text("fullUrl"), identifiers }];
}
