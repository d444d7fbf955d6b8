import { element, type XmlElement, type XmlNode, XmlWriter } from "@sor/core/markup";

type Json = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** Elements that XML writes as attributes: an extension's address, and the id of an element that is not a resource. */
const attributeNames = ["url", "id"];

function attributesOf(value: Json, name: string): Record<string, string> {
  const isExtension = name === "extension" || name === "modifierExtension";
  const kept = Object.entries(value).filter(
    ([key, each]) =>
      typeof each === "string" && attributeNames.includes(key) && (key === "id" || isExtension),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

function childrenOf(value: Json, without: readonly string[]): XmlNode[] {
  return Object.entries(value).flatMap(([name, each]): XmlNode[] => {
    if (without.includes(name) || each === undefined || each === null) return [];
    const list = Array.isArray(each) ? each : [each];
    return list.map((item: unknown) => written(name, item));
  });
}

function written(name: string, value: unknown): XmlElement {
  if (!isObject(value)) return element(name, [], { value: String(value) });
  if (typeof value.resourceType === "string") return element(name, [resourceElement(value)]);
  const attributes = attributesOf(value, name);
  return element(name, childrenOf(value, Object.keys(attributes)), attributes);
}

function resourceElement(value: Json, namespace?: string): XmlElement {
  const attributes = namespace === undefined ? {} : { xmlns: namespace };
  return element(String(value.resourceType), childrenOf(value, ["resourceType"]), attributes);
}

/** A resource as FHIR's XML, from its JSON: the elements come in the order in which the JSON has them. */
export function fhirXml(resource: object): string {
  const writer = new XmlWriter();
  writer.write(resourceElement(resource as Json, "http://hl7.org/fhir"));
  return writer.end();
}
