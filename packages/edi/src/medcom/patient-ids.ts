import { EdifactReader } from "../edifact/reader.ts";
import type { InterchangeEnvelope } from "../envelope.ts";
import { JsonScanner, type Wanted } from "../fhir/json-scanner.ts";
import { defaultLimits } from "../limits.ts";
import { readEnvelope } from "../read-envelope.ts";
import { recognise } from "../recognise.ts";
import { Reporter } from "../reporter.ts";
import { collector } from "../xml/collector.ts";
import { unwrapPayload } from "../xml/wrap.ts";
import { XmlReader } from "../xml/xml-reader.ts";

const idsMax = 20;
const idCharactersMax = 64;

/**
 * A civil registration number (CPR) or replacement number as it is compared: without blanks and hyphens, in capitals;
 * undefined for what can be neither.
 */
export function normalPatientId(text: string): string | undefined {
  const id = text.replaceAll(/[\s-]/g, "").toUpperCase();
  return /^[0-9A-ZÆØÅ/]{4,64}$/.test(id) ? id : undefined;
}

/** Gathers the ids of each letter, each once. */
class Letters {
  readonly ids: Set<string>[] = [];

  begin(): void {
    this.ids.push(new Set());
  }

  add(text: string): void {
    const letter = this.ids.at(-1);
    const id = text.length <= idCharactersMax ? normalPatientId(text) : undefined;
    if (id && letter && letter.size < idsMax) letter.add(id);
  }
}

/**
 * The patients' civil registration and replacement numbers in each letter of a delivery that was read from `bytes`, in the
 * order of its letters: PNA+PAT of EDIFACT, Patient of MedCom XML, Patient.identifier of FHIR, and the same of what a
 * transport envelope carries. Never throws; what cannot be read has none.
 */
export function readPatientIds(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
): readonly (readonly string[])[] {
  const letters = new Letters();
  switch (interchange.form) {
    case "EDIFACT":
      readEdifact(bytes, letters);
      break;
    case "XML":
      readXml(bytes, letters);
      break;
    case "FHIR":
      readFhir(bytes, letters);
      break;
    case "VANSEnvelope":
    case "SBDH":
      return carriedIds(bytes, interchange);
  }
  return interchange.messages.map((_, position) => [...(letters.ids[position] ?? [])]);
}

// The carried interchange is one letter of its envelope, whatever it holds itself.
function carriedIds(bytes: Uint8Array, outer: InterchangeEnvelope): readonly (readonly string[])[] {
  const { payload } = unwrapPayload(bytes, outer);
  const [inner] = payload ? readEnvelope(payload).interchanges : [];
  if (!payload || !inner || inner.carried) return outer.messages.map(() => []);
  const lists = readPatientIds(payload, inner);
  if (lists.length === outer.messages.length) return lists;
  return outer.messages.map(() => [...new Set(lists.flat())].slice(0, idsMax));
}

const capital = (letter: string) => letter.charCodeAt(0);
const [p, u] = [capital("P"), capital("U")];

function readEdifact(bytes: Uint8Array, letters: Letters): void {
  const reader = new EdifactReader({
    segment: (tokens) => {
      const first = tokens.bytes[tokens.start];
      if (first === u && tokens.text(0) === "UNH") letters.begin();
      if (first === p && tokens.text(0) === "PNA" && tokens.text(1) === "PAT") letters.add(tokens.text(2));
    },
  });
  reader.push(bytes);
  reader.end();
}

const patientElements = /\/Patient\/(?:CivilRegistrationNumber|AlternativeIdentifier|PersonIdentifier)$/;

function readXml(bytes: Uint8Array, letters: Letters): void {
  const events = collector({
    opened: (path, depth, _at, _attributes, control) => {
      if (depth === 2 && path !== "/Emessage/Envelope") letters.begin();
      if (path.endsWith("/BinaryObject/Object_Base64Encoded")) control.passText();
    },
    leaf: ({ path, text }) => {
      if (patientElements.test(path)) letters.add(text);
    },
  });
  new XmlReader(events, defaultLimits, new Reporter(defaultLimits.findingsMax)).read(bytes);
}

const wantedOfPatients: Wanted = {
  entry: [{ resource: { resourceType: true, identifier: [{ value: true }] } }],
};
type Resource = { resourceType?: unknown; identifier?: unknown };

function readFhir(bytes: Uint8Array, letters: Letters): void {
  letters.begin();
  if (recognise(bytes).notation === "XML") {
    const events = collector({
      opened: (path, _depth, _at, { value }) => {
        if (path === "/Bundle/entry/resource/Patient/identifier/value") letters.add(value ?? "");
      },
      leaf: () => undefined,
    });
    new XmlReader(events, defaultLimits, new Reporter(defaultLimits.findingsMax)).read(bytes);
    return;
  }
  const scanner = new JsonScanner(wantedOfPatients, defaultLimits.depthMax);
  scanner.push(bytes);
  scanner.end();
  const { entry } = (scanner.value ?? {}) as { entry?: readonly { resource?: Resource }[] };
  if (!Array.isArray(entry)) return;
  for (const { resource } of entry.filter((item) => typeof item === "object" && item !== null)) {
    if (resource?.resourceType !== "Patient" || !Array.isArray(resource.identifier)) continue;
    for (const item of resource.identifier as ({ value?: unknown } | null)[]) {
      if (typeof item?.value === "string") letters.add(item.value);
    }
  }
}
