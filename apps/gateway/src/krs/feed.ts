import { element, type XmlElement } from "@sor/core/markup";
import type { Datatype, FeedRecord } from "./records.ts";

/** Where a copy begins and continues: 20 digits, a sequence of the register and a row in it. All zeros is the beginning. */
type Offset = readonly [number, number];

/** Reads an offset: up to 20 digits, filled up with zeros from the left; undefined for another text. */
export function readOffset(text: string): Offset | undefined {
  if (!/^\d{1,20}$/.test(text)) return undefined;
  const digits = text.padStart(20, "0");
  return [Number(digits.slice(0, 10)), Number(digits.slice(10))];
}

const writeOffset = ([first, second]: Offset): string =>
  `${String(first).padStart(10, "0")}${String(second).padStart(10, "0")}`;

const atom = "http://www.w3.org/2005/Atom";

function entryElement(
  id: string,
  { register, name }: Datatype,
  { place, at, fields }: FeedRecord,
): XmlElement {
  const namespace = `http://nsi.dk/-/stamdata/3.0/${register}`;
  const content = element(
    `${name}:${name}`,
    fields.map(([field, value]) => element(field, value)),
    { [`xmlns:${name}`]: namespace, xmlns: namespace },
  );
  return element("atom:entry", [
    element("atom:id", `${id}/${writeOffset(place)}`),
    element("atom:title", ""),
    element("atom:updated", at.toISOString()),
    element("atom:content", [content], { type: "application/xml" }),
  ]);
}

/** The records as KRS has always given them: an Atom feed whose last entry's id ends with the next offset. */
export function feedElement(datatype: Datatype, records: readonly FeedRecord[], now: Date): XmlElement {
  const id = `tag:nsi.dk,2011:${datatype.register}/${datatype.name.toLowerCase()}/v1`;
  return element(
    "atom:feed",
    [
      element("atom:id", id),
      element("atom:updated", now.toISOString()),
      element("atom:title", "Stamdata Registry Feed"),
      element("atom:author", [element("atom:name", "National Sundheds IT")]),
      ...records.map((record) => entryElement(id, datatype, record)),
    ],
    { "xmlns:atom": atom },
  );
}
