import { EdifactReader } from "../edifact/reader.ts";
import type { CarriedPayload, InterchangeEnvelope } from "../envelope.ts";
import { JsonScanner, type Wanted } from "../fhir/json-scanner.ts";
import { defaultLimits } from "../limits.ts";
import { readEnvelope } from "../read-envelope.ts";
import { Reporter } from "../reporter.ts";
import { Base64Decoder } from "../xml/base64.ts";
import { collector } from "../xml/collector.ts";
import { unwrapPayload } from "../xml/wrap.ts";
import { XmlReader } from "../xml/xml-reader.ts";

const idsMax = 20;
const idCharactersMax = 64;

/**
 * Normalises a civil registration number (CPR) or replacement number for comparison: without blanks and hyphens, in capitals;
 * undefined if it can be neither.
 */
export function normalPatientId(text: string): string | undefined {
  const id = text.replaceAll(/[\s-]/g, "").toUpperCase();
  return /^[0-9A-ZÆØÅ/]{4,64}$/.test(id) ? id : undefined;
}

/** Collects the distinct ids of each message. */
class IdsByMessage {
  readonly ids: Set<string>[] = [];

  begin(): void {
    this.ids.push(new Set());
  }

  add(text: string): void {
    const message = this.ids.at(-1);
    const id = text.length <= idCharactersMax ? normalPatientId(text) : undefined;
    if (id && message && message.size < idsMax) message.add(id);
  }
}

type Reading = { push(bytes: Uint8Array): void; end(): void };

/** Finds the patients of an interchange whose envelope has been read, from its bytes pushed in chunks. */
type PatientIdReader = {
  push(bytes: Uint8Array): void;
  /** Ids by message, as `readPatientIds` returns them. */
  end(): readonly (readonly string[])[];
};

/** Does the same as `readPatientIds`, in chunks; covers the payload of an envelope if that was read with it. */
export function patientIdReader(interchange: InterchangeEnvelope): PatientIdReader {
  const { form, messages, carried } = interchange;
  if (form === "VANSEnvelope" || form === "SBDH") return carriedReader(messages.length, carried);
  const found = new IdsByMessage();
  const reading = readingOf(interchange, found);
  return {
    push: (bytes) => reading.push(bytes),
    end: () => {
      reading.end();
      return messages.map((_, position) => [...(found.ids[position] ?? [])]);
    },
  };
}

function readingOf({ form, notation }: InterchangeEnvelope, found: IdsByMessage): Reading {
  if (form === "EDIFACT") return readingOfEdifact(found);
  if (form === "XML") return readingOfXml(found);
  return notation === "XML" ? readingOfFhirXml(found) : readingOfFhirJson(found);
}

function carriedReader(count: number, carried: CarriedPayload | undefined): PatientIdReader {
  const [inner] = carried?.inside?.interchanges ?? [];
  const none = Array.from({ length: count }, () => []);
  if (!carried || !inner || inner.carried) return { push: () => undefined, end: () => none };
  const { start, end } = carried.base64;
  const decoder = new Base64Decoder();
  const reader = patientIdReader(inner);
  let at = 0;
  return {
    push: (bytes) => {
      reader.push(decoder.push(bytes.subarray(Math.max(0, start - at), Math.max(0, end - at))));
      at += bytes.length;
    },
    end: () => forMessages(reader.end(), count),
  };
}

// The carried interchange counts as one message of its envelope, whatever it contains.
function forMessages(lists: readonly (readonly string[])[], count: number): readonly (readonly string[])[] {
  if (lists.length === count) return lists;
  return Array.from({ length: count }, () => [...new Set(lists.flat())].slice(0, idsMax));
}

/**
 * The patients' civil registration and replacement numbers in each message of an interchange that was read from `bytes`, in
 * the order of its messages: PNA+PAT in EDIFACT, Patient in MedCom XML, Patient.identifier in FHIR, and the same in the
 * payload of a transport envelope. Never throws; what cannot be read has none.
 */
export function readPatientIds(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
): readonly (readonly string[])[] {
  const { form, carried } = interchange;
  if ((form === "VANSEnvelope" || form === "SBDH") && carried && !carried.inside) {
    return carriedIds(bytes, interchange);
  }
  const reader = patientIdReader(interchange);
  reader.push(bytes);
  return reader.end();
}

function carriedIds(bytes: Uint8Array, outer: InterchangeEnvelope): readonly (readonly string[])[] {
  const { payload } = unwrapPayload(bytes, outer);
  const [inner] = payload ? readEnvelope(payload).interchanges : [];
  if (!payload || !inner || inner.carried) return outer.messages.map(() => []);
  return forMessages(readPatientIds(payload, inner), outer.messages.length);
}

const capital = (letter: string) => letter.charCodeAt(0);
const [p, u] = [capital("P"), capital("U")];

function readingOfEdifact(found: IdsByMessage): Reading {
  return new EdifactReader({
    segment: (tokens) => {
      const first = tokens.bytes[tokens.start];
      if (first === u && tokens.text(0) === "UNH") found.begin();
      if (first === p && tokens.text(0) === "PNA" && tokens.text(1) === "PAT") found.add(tokens.text(2));
    },
  });
}

const patientElements = /\/Patient\/(?:CivilRegistrationNumber|AlternativeIdentifier|PersonIdentifier)$/;

function readingOfXml(found: IdsByMessage): Reading {
  const events = collector({
    opened: (path, depth, _attributes, control) => {
      if (depth === 2 && path !== "/Emessage/Envelope") found.begin();
      if (path.endsWith("/BinaryObject/Object_Base64Encoded")) control.passText();
    },
    leaf: ({ path, text }) => {
      if (patientElements.test(path)) found.add(text);
    },
  });
  return new XmlReader(events, defaultLimits, new Reporter(defaultLimits.findingsMax));
}

const wantedOfPatients: Wanted = {
  entry: [{ resource: { resourceType: true, identifier: [{ value: true }] } }],
};
type Resource = { resourceType?: unknown; identifier?: unknown };

function readingOfFhirXml(found: IdsByMessage): Reading {
  found.begin();
  const events = collector({
    opened: (path, _depth, { value }) => {
      if (path === "/Bundle/entry/resource/Patient/identifier/value") found.add(value ?? "");
    },
  });
  return new XmlReader(events, defaultLimits, new Reporter(defaultLimits.findingsMax));
}

function readingOfFhirJson(found: IdsByMessage): Reading {
  found.begin();
  const scanner = new JsonScanner(wantedOfPatients, defaultLimits);
  return {
    push: (bytes) => scanner.push(bytes),
    end: () => {
      scanner.end();
      takePatients(scanner.value, found);
    },
  };
}

function takePatients(bundle: unknown, found: IdsByMessage): void {
  const { entry } = (bundle ?? {}) as { entry?: readonly { resource?: Resource }[] };
  if (!Array.isArray(entry)) return;
  for (const { resource } of entry.filter((item) => typeof item === "object" && item !== null)) {
    if (resource?.resourceType !== "Patient" || !Array.isArray(resource.identifier)) continue;
    for (const item of resource.identifier as ({ value?: unknown } | null)[]) {
      if (typeof item?.value === "string") found.add(item.value);
    }
  }
}
