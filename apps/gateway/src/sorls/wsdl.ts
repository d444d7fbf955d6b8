import { wsdlOf } from "../soap/wsdl-parts.ts";
import { entityNames, mapNames } from "./read-entities.ts";

export const namespace = "urn:sor:sorls:1";

const optional = (name: string, type = "xs:string") =>
  `<xs:element name="${name}" type="${type}" minOccurs="0"/>`;
const needed = (name: string) => `<xs:element name="${name}" type="xs:string"/>`;
const date = optional("Date", "xs:date");
const many = `<xs:element name="SorEntity" type="tns:SorEntityType" minOccurs="0" maxOccurs="unbounded"/>`;

const whole = (name: string, parts: readonly string[]) => `
      <xs:element name="${name}"><xs:complexType><xs:sequence>${parts.join("")}</xs:sequence></xs:complexType></xs:element>`;
const type = (name: string, names: readonly string[]) => `
      <xs:complexType name="${name}"><xs:sequence>${names.map((each) => optional(each)).join("")}</xs:sequence></xs:complexType>`;

const schema = `
    <xs:schema targetNamespace="${namespace}" elementFormDefault="qualified">${[
      type("SorEntityType", entityNames),
      type("ShakType", mapNames),
      whole("GetSorEntityRequest", [needed("SorIdentifier"), date]),
      whole("GetSorEntityResponse", [
        `<xs:element name="SorEntity" type="tns:SorEntityType" minOccurs="0"/>`,
      ]),
      whole("SearchRequest", [
        ...[needed("Query"), optional("SorType"), optional("EntityTypeId"), date],
        optional("MaxResults", "xs:unsignedInt"),
      ]),
      whole("SearchResponse", [many, `<xs:element name="IsComplete" type="xs:boolean"/>`]),
      whole("ShakSorMapRequest", [needed("ShakIdentifier"), date]),
      whole("ShakSorMapResponse", [many]),
      whole("SorShakMapRequest", [needed("SorIdentifier"), date]),
      whole("SorShakMapResponse", [`<xs:element name="Shak" type="tns:ShakType" minOccurs="0"/>`]),
    ].join("")}
    </xs:schema>`;

const names = ["GetSorEntity", "Search", "ShakSorMap", "SorShakMap"] as const;

/** The description of the lookup service at its address. */
export const sorlsWsdl = (address: string): string =>
  wsdlOf({
    ...{ name: "SorLookupService", port: "SorLookup", versions: ["1.1", "1.2"], address, namespace, schema },
    about:
      "Lookups in SOR: a unit on a day with what it inherits, a search, and the maps between SHAK and SOR. The operations are those of SORLS; the original's namespaces and elements are not public, and those here are this register's own.",
    operations: names.map((name) => ({
      ...{ name, action: `${namespace}/${name}`, input: `${name}Request`, output: `${name}Response` },
    })),
  });
