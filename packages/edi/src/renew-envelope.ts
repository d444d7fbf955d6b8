import { EdifactReader } from "./edifact/reader.ts";
import { type Segment, segmentOf } from "./edifact/segment.ts";
import { splitInterchange } from "./edifact/split.ts";
import { writeInterchange } from "./edifact/write.ts";
import type { InterchangeEnvelope } from "./envelope.ts";
import { renewFhir } from "./fhir/renew-fhir.ts";
import { type Replacement, replaceXmlValues } from "./xml/replace-values.ts";

/** What a delivery that is sent once more says anew. */
export type Renewal = {
  /** Envelope id: a UUID for VANSEnvelope, SBDH and FHIR, at most 14 characters for the others. */
  readonly reference: string;
  /** Message ids by number from 0, where those are new too, as they are for a receipt; a letter keeps its own. */
  readonly messageReference?: (index: number) => string;
  /** Local time with seconds and offset, ISO 8601: 2026-11-22T09:30:00+01:00. */
  readonly preparedAt: string;
};

/**
 * A delivery once more under a new envelope id and time, and on request new message ids, all else as it was (document 032).
 * What a VANSEnvelope or SBDH carries stays as it is. `bytes` are those that `interchange` was read from.
 */
export function renewEnvelope(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
  renewal: Renewal,
): Uint8Array {
  switch (interchange.form) {
    case "EDIFACT":
      return renewal.messageReference
        ? rewriteEdifact(bytes, renewal, renewal.messageReference)
        : splitInterchange(bytes, interchange, {
            messages: interchange.messages.map((_, index) => index),
            reference: renewal.reference,
            preparedAt: renewal.preparedAt.slice(0, 16),
          });
    case "XML":
      return replaceXmlValues(bytes, ofEmessage(renewal));
    case "VANSEnvelope":
      return replaceXmlValues(bytes, ofVansEnvelope(renewal));
    case "SBDH":
      return replaceXmlValues(bytes, ofSbdh(renewal));
    case "FHIR":
      return renewFhir(bytes, interchange, renewal);
  }
}

function ofEmessage({ reference, messageReference, preparedAt }: Renewal): Replacement {
  const envelope: Readonly<Record<string, string>> = {
    "/Emessage/Envelope/Identifier": reference,
    "/Emessage/Envelope/Sent/Date": preparedAt.slice(0, 10),
    "/Emessage/Envelope/Sent/Time": preparedAt.slice(11, 16),
    "/Emessage/Envelope/Sent/TimeWithSec": preparedAt.slice(11, 19),
  };
  let letters = 0;
  return (path) => {
    if (/^\/Emessage\/[^/]+\/Letter\/Identifier$/.test(path)) return messageReference?.(letters++);
    return Object.hasOwn(envelope, path) ? envelope[path] : undefined;
  };
}

function ofVansEnvelope({ reference, messageReference, preparedAt }: Renewal): Replacement {
  return (path) => {
    if (path === "/VANSEnvelope/EnvelopeIdentifier") return reference;
    if (path === "/VANSEnvelope/SentDateTime") return preparedAt.slice(0, 19);
    return path === "/VANSEnvelope/Message/MetaInformation/Identifier" ? messageReference?.(0) : undefined;
  };
}

const sbdhHeader = "/StandardBusinessDocument/StandardBusinessDocumentHeader";

function ofSbdh({ reference, messageReference, preparedAt }: Renewal): Replacement {
  let scope = "";
  return (path, text) => {
    if (path === `${sbdhHeader}/DocumentIdentification/InstanceIdentifier`) return reference;
    if (path === `${sbdhHeader}/DocumentIdentification/CreationDateAndTime`) return preparedAt;
    if (path === `${sbdhHeader}/BusinessScope/Scope/Type`) scope = text;
    const isId = scope === "MESSAGEIDENTIFIER" || scope === "MESSAGEENVELOPEIDENTIFIER";
    const isValue = path === `${sbdhHeader}/BusinessScope/Scope/InstanceIdentifier`;
    return isId && isValue ? messageReference?.(0) : undefined;
  };
}

function rewriteEdifact(
  bytes: Uint8Array,
  { reference, preparedAt }: Renewal,
  messageReference: (index: number) => string,
): Uint8Array {
  const messages: { header: Segment; segments: Segment[] }[] = [];
  let header: Segment = { tag: "UNB", elements: [] };
  let current: (typeof messages)[number] | undefined;
  const segment = (read: Segment) => {
    const { after: _, ...kept } = read;
    if (kept.tag === "UNB") {
      const [date = "", time = ""] = preparedAt.split("T");
      const prepared = [date.replaceAll("-", "").slice(2), time.slice(0, 5).replace(":", "")];
      header = replaced(replaced(kept, 4, prepared), 5, [reference]);
    } else if (kept.tag === "UNH") {
      current = { header: replaced(kept, 1, [messageReference(messages.length)]), segments: [] };
      messages.push(current);
    } else if (kept.tag === "UNT") current = undefined;
    else current?.segments.push(kept);
  };
  const reader = new EdifactReader({ segment: (tokens) => segment(segmentOf(tokens)) });
  reader.push(bytes);
  reader.end();
  return writeInterchange({ header, messages });
}

function replaced(segment: Segment, element: number, components: readonly string[]): Segment {
  return { ...segment, elements: segment.elements.with(element - 1, components) };
}
