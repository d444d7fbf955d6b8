import type { Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import { glnFault } from "../medcom/gln.ts";
import type { Placed } from "../placed.ts";
import type { FhirDestination, FhirFacts, FhirHeader, FhirIdentifier, FhirOrganisation } from "./facts.ts";

const glnSystems = new Set(["https://www.gs1.org/gln", "urn:oid:1.3.88"]);
const sorSystem = "urn:oid:1.2.208.176.1.1";

/** Reports an error at a path and a byte. */
export type ReportPlaced = (code: FindingCode, path: string, at: number) => void;

/** A sender or receiver: the location number of the referenced organisation, else its SOR code; errors are reported. */
export function partyOf(
  { organisations }: FhirFacts,
  { text: reference, at }: Placed,
  path: string,
  report: ReportPlaced,
): Party {
  const id = reference.replace(/^.*(?:\/|urn:uuid:)/, "");
  const named = reference === "" ? [] : organisations.filter(({ fullUrl }) => fullUrl.text === reference);
  const found = named.length > 0 ? named : organisations.filter((entry) => id !== "" && entry.id.text === id);
  const [organisation, second] = found;
  if (second) report("element-repeated", "Organization.id", second.id.at);
  const party = organisation ? identifierOf(organisation, report) : { id: "" };
  const fault =
    party.id !== "" ? glnFault(party) : reference === "" ? "element-missing" : ("fhir-reference" as const);
  if (fault) report(fault, path, at);
  return party;
}

function identifierOf({ identifiers }: FhirOrganisation, report: ReportPlaced): Party {
  const gln = onlyOf(identifiers, ({ system }) => glnSystems.has(system.text), report);
  if (gln) return { id: gln.value.text, qualifier: "14" };
  const sor = onlyOf(identifiers, ({ system }) => system.text === sorSystem, report);
  return sor ? { id: sor.value.text, qualifier: "SOR" } : { id: "" };
}

/** The identifier of a kind that has a value; another one of that kind with a different value is reported. */
function onlyOf(
  identifiers: readonly FhirIdentifier[],
  isOfKind: (identifier: FhirIdentifier) => boolean,
  report: ReportPlaced,
): FhirIdentifier | undefined {
  const [first, ...others] = identifiers.filter((entry) => isOfKind(entry) && entry.value.text !== "");
  const other = others.find(({ value }) => value.text !== first?.value.text);
  if (other) report("element-repeated", "Organization.identifier.value", other.value.at);
  return first;
}

/** The destination of the message: the primary one, or the only one; further candidates are reported. */
export function destinationOf(
  { destinations }: FhirHeader,
  report: ReportPlaced,
): FhirDestination | undefined {
  const primary = destinations.filter(({ isPrimary }) => isPrimary);
  const [first, second] = primary.length > 0 ? primary : destinations;
  if (second) report("element-repeated", "MessageHeader.destination", second.receiver.at);
  return first;
}
