import { cutDelivery } from "./cut-delivery.ts";
import { EdifactReader } from "./edifact/reader.ts";
import { type Segment, segmentOf } from "./edifact/segment.ts";
import { writeInterchange } from "./edifact/write.ts";
import type { InterchangeEnvelope } from "./envelope.ts";
import { renewFhir } from "./fhir/renew-fhir.ts";
import { ofEmessage, ofSbdh, ofVansEnvelope, type Renewal } from "./renewals.ts";
import { replaceXmlValues } from "./xml/replace-values.ts";

export type { Renewal } from "./renewals.ts";

/**
 * Repeats an interchange under a new envelope id and time, and on request new message ids, otherwise unchanged (document 032).
 * The payload of a VANSEnvelope or SBDH is unchanged. `bytes` are those that `interchange` was read from.
 */
export function renewEnvelope(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
  renewal: Renewal,
): Uint8Array {
  const { messageReference } = renewal;
  if (!messageReference) {
    return cutDelivery(bytes, interchange, { messages: [...interchange.messages.keys()], renewed: renewal });
  }
  switch (interchange.form) {
    case "EDIFACT":
      return rewriteEdifact(bytes, renewal, messageReference);
    case "XML":
      return replaceXmlValues(bytes, ofEmessage(renewal));
    case "VANSEnvelope":
      return replaceXmlValues(bytes, ofVansEnvelope(renewal));
    case "SBDH":
      return replaceXmlValues(bytes, ofSbdh(renewal));
    case "FHIR":
      return renewFhir(bytes, interchange, { ...renewal, messageReference });
  }
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
