import type { OwnPlace } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { missingAt, type Placed } from "../placed.ts";
import type { Reporter } from "../reporter.ts";
import { either, elementTree, KnownElements, type KnownEvents, many, one } from "../xml/known-elements.ts";
import type { Attributes } from "../xml/namespaces.ts";
import { type XmlControl, XmlReader } from "../xml/xml-reader.ts";
import type { FhirDestination, FhirFacts, FhirHeader, FhirIdentifier, FhirOrganisation } from "./facts.ts";

const reference = { reference: one() };
const resource = {
  id: one(),
  definition: one(),
  eventCoding: either("event", { code: one() }),
  eventUri: either("event"),
  destination: many({ extension: many({ valueCoding: one({ code: one() }) }), receiver: one(reference) }),
  sender: one(reference),
  response: one({ identifier: one(), code: one() }),
};
const tree = elementTree("Bundle", {
  id: one(),
  type: one(),
  timestamp: one(),
  entry: many({
    fullUrl: one(),
    resource: one({
      MessageHeader: either("resource", resource),
      Organization: either("resource", { id: one(), identifier: many({ system: one(), value: one() }) }),
      "*": either("resource"),
    }),
  }),
});
const rules = { isRoot: (uri: string) => uri === "http://hl7.org/fhir" };

/** Reads the facts of a message Bundle in XML, where values are in attributes. */
export function fhirXmlReader(
  limits: Limits,
  reporter: Reporter,
): { reader: XmlReader; facts: () => FhirFacts } {
  const reading = new XmlFacts(reporter);
  const handlers = (control: XmlControl) => new KnownElements(tree, rules, reading, control);
  return { reader: new XmlReader(handlers, limits, reporter), facts: () => reading.facts() };
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Header = Draft<Omit<FhirHeader, "destinations">> & { destinations: Draft<FhirDestination>[] };
type Organisation = Draft<Omit<FhirOrganisation, "identifiers">> & { identifiers: Draft<FhirIdentifier>[] };

const inHeader = "entry/resource/MessageHeader";
const inOrganisation = "entry/resource/Organization";

class XmlFacts implements KnownEvents {
  readonly #reporter: Reporter;
  readonly #bundle = { id: missingAt(0), type: missingAt(0), timestamp: missingAt(0) };
  readonly #headers: { readonly header: Header; readonly at: number; readonly entry: number }[] = [];
  readonly #organisations: Organisation[] = [];
  readonly #own: OwnPlace[] = [];
  #entriesAt = -1;
  #bundleAt = 0;
  #entries = 0;
  #fullUrl = missingAt(0);

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  opened(path: string, at: number, attributes: Attributes): void {
    const value = { text: (attributes.value ?? "").trim(), at };
    if (path.startsWith(`${inHeader}/`)) this.#openInHeader(path.slice(inHeader.length + 1), value);
    else if (path.startsWith(`${inOrganisation}/`))
      this.#openInOrganisation(path.slice(inOrganisation.length + 1), value);
    else if (path === inHeader) this.#headers.push({ header: emptyHeader(at), at, entry: this.#entries });
    else if (path === inOrganisation)
      this.#organisations.push({ id: missingAt(at), fullUrl: this.#fullUrl, identifiers: [] });
    else this.#openInBundle(path, value);
  }

  #openInBundle(path: string, value: Placed): void {
    if (path === "") this.#beginBundle(value.at);
    else if (path === "entry") {
      if (this.#entries++ === 0) this.#entriesAt = value.at;
      this.#fullUrl = missingAt(value.at);
    } else if (path === "entry/fullUrl") this.#fullUrl = value;
    else if (path === "id" || path === "type" || path === "timestamp") this.#bundle[path] = value;
  }

  #beginBundle(at: number): void {
    this.#bundleAt = at;
    this.#bundle.id = this.#bundle.type = this.#bundle.timestamp = missingAt(at);
  }

  #openInHeader(below: string, value: Placed): void {
    const into = this.#headers.at(-1)?.header;
    const destination = into?.destinations.at(-1);
    if (!into) return;
    if (below === "id") into.id = value;
    else if (below === "eventCoding/code") into.event = value;
    else if (below === "definition") into.definition = value;
    else if (below === "sender/reference") into.sender = value;
    else if (below === "destination")
      into.destinations.push({ isPrimary: false, receiver: missingAt(value.at) });
    else if (below === "destination/extension/valueCoding/code" && destination)
      destination.isPrimary ||= value.text === "primary";
    else if (below === "destination/receiver/reference" && destination) destination.receiver = value;
    else if (below.startsWith("response")) takeResponse(into, below, value);
  }

  #openInOrganisation(below: string, value: Placed): void {
    const into = this.#organisations.at(-1);
    const identifier = into?.identifiers.at(-1);
    if (below === "id" && into) into.id = value;
    else if (below === "identifier")
      into?.identifiers.push({ system: missingAt(value.at), value: missingAt(value.at) });
    else if (below === "identifier/system" && identifier) identifier.system = value;
    else if (below === "identifier/value" && identifier) identifier.value = value;
  }

  closed(path: string, at: number, control: XmlControl): void {
    const what = path === "id" ? "id" : path === "timestamp" ? "time" : undefined;
    if (what) this.#own.push({ what, range: { start: at, end: control.elementEnd() } });
  }

  refused(code: FindingCode, path: string, at: number): void {
    const isOfMessage = path.startsWith("entry/");
    const shown = `Bundle.${path.replaceAll("/", ".")}`.replace(/^Bundle\.entry\.resource\.(?=\w)/, "");
    const place = path === "" ? "/Bundle" : shown;
    this.#reporter.add(code, { interchange: 1, ...(isOfMessage && { message: 1 }), path: place, offset: at });
  }

  facts(): FhirFacts {
    const [first, second] = this.#headers;
    return {
      ...this.#bundle,
      entriesAt: this.#entriesAt < 0 ? this.#bundleAt : this.#entriesAt,
      header: first?.entry === 1 ? first.header : undefined,
      secondHeaderAt: second?.at,
      organisations: this.#organisations,
      own: this.#own,
    };
  }
}

function takeResponse(into: Header, below: string, value: Placed): void {
  into.response ??= { identifier: missingAt(value.at), code: missingAt(value.at) };
  if (below === "response/identifier") into.response = { ...into.response, identifier: value };
  else if (below === "response/code") into.response = { ...into.response, code: value };
}

const emptyHeader = (at: number): Header => ({
  at,
  id: missingAt(at),
  event: missingAt(at),
  definition: missingAt(at),
  sender: missingAt(at),
  destinations: [],
  response: undefined,
});
