import type { Limits } from "../limits.ts";
import type { Reporter } from "../reporter.ts";
import { collector, OwnPlaces } from "../xml/collector.ts";
import { type Attributes, XmlReader } from "../xml/xml-reader.ts";
import type { FhirFacts, FhirHeader, FhirOrganisation } from "./facts.ts";

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Organisation = { id: string; fullUrl: string; identifiers: { system: string; value: string }[] };

const header = "/Bundle/entry/resource/MessageHeader/";
const organisation = "/Bundle/entry/resource/Organization/";

/** Reads the facts of a message Bundle in XML, whose values stand in attributes. */
export function fhirXmlReader(
  limits: Limits,
  reporter: Reporter,
): { reader: XmlReader; facts: () => FhirFacts } {
  const facts = new XmlFacts();
  const own = new OwnPlaces({ "/Bundle/id": "id", "/Bundle/timestamp": "time" });
  const reader = new XmlReader(
    collector({
      opened: (path, depth, at, attributes) => {
        own.opened(depth, at);
        facts.open(path, attributes);
      },
      leaf: () => undefined,
      closed: (path, depth, end) => own.closed(path, depth, end),
    }),
    limits,
    reporter,
  );
  return { reader, facts: () => ({ ...facts.taken(), own: own.found }) };
}

class XmlFacts {
  readonly #bundle = { bundleId: "", bundleType: "", timestamp: "" };
  readonly #header: Draft<FhirHeader> = {
    id: "",
    event: "",
    definition: "",
    sender: "",
    receiver: "",
    response: undefined,
  };
  readonly #organisations: Organisation[] = [];
  #entries = 0;
  #headers = 0;
  #fullUrl = "";
  #isHeaderFirst = false;
  #isPrimary = false;

  open(path: string, attributes: Attributes): void {
    const value = attributes.value ?? "";
    if (path === "/Bundle/entry") this.#entries++;
    else if (path === "/Bundle/id") this.#bundle.bundleId = value;
    else if (path === "/Bundle/type") this.#bundle.bundleType = value;
    else if (path === "/Bundle/timestamp") this.#bundle.timestamp = value;
    else if (path === "/Bundle/entry/fullUrl") this.#fullUrl = value;
    else if (path === "/Bundle/entry/resource/MessageHeader") {
      this.#headers++;
      this.#isHeaderFirst ||= this.#entries === 1;
    } else if (path === "/Bundle/entry/resource/Organization") {
      this.#organisations.push({ id: "", fullUrl: this.#fullUrl, identifiers: [] });
    } else if (path.startsWith(header)) this.#openInHeader(path.slice(header.length), value);
    else if (path.startsWith(organisation)) this.#openInOrganisation(path.slice(organisation.length), value);
  }

  #openInHeader(below: string, value: string): void {
    const into = this.#header;
    if (below === "id") into.id = value;
    else if (below === "eventCoding/code") into.event = value;
    else if (below === "definition") into.definition = value;
    else if (below === "sender/reference") into.sender = value;
    else if (below === "destination") this.#isPrimary = false;
    else if (below === "destination/extension/valueCoding/code") this.#isPrimary = value === "primary";
    else if (below === "destination/receiver/reference" && (this.#isPrimary || into.receiver === ""))
      into.receiver = value;
    else if (below === "response") into.response = { identifier: "", code: "" };
    else if (below === "response/identifier")
      into.response = { code: "", ...into.response, identifier: value };
    else if (below === "response/code") into.response = { identifier: "", ...into.response, code: value };
  }

  #openInOrganisation(below: string, value: string): void {
    const into = this.#organisations.at(-1);
    if (!into) return;
    const identifier = into.identifiers.at(-1);
    if (below === "id") into.id = value;
    else if (below === "identifier") into.identifiers.push({ system: "", value: "" });
    else if (below === "identifier/system" && identifier) identifier.system = value;
    else if (below === "identifier/value" && identifier) identifier.value = value;
  }

  taken(): Omit<FhirFacts, "own"> {
    const organisations: readonly FhirOrganisation[] = this.#organisations;
    const header = this.#isHeaderFirst ? this.#header : undefined;
    return { ...this.#bundle, header, headers: this.#headers, organisations };
  }
}
