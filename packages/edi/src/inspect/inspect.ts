import type { Envelope, InterchangeEnvelope } from "../envelope.ts";
import { EnvelopeReader } from "../envelope-reader.ts";
import { type Finding, isSound } from "../findings.ts";
import { recognise } from "../recognise.ts";
import { unwrapPayload } from "../xml/wrap.ts";
import { excerptAt } from "./excerpt.ts";

/** The report on a file. */
export type Inspection = {
  readonly file: string;
  readonly kind: string;
  readonly encoding: string;
  readonly bytes: number;
  readonly isSound: boolean;
  readonly interchanges: readonly InspectedInterchange[];
  readonly findings: readonly (Finding & { readonly excerpt: string })[];
};

export type InspectedInterchange = {
  readonly sender: string;
  readonly receiver: string;
  readonly reference: string;
  readonly preparedAt: string | undefined;
  readonly acknowledgementRequested: boolean;
  readonly isTest: boolean;
  readonly messages: readonly {
    readonly sender: string;
    readonly receiver: string;
    readonly reference: string;
    readonly type: string;
    readonly nameDa: string | undefined;
    readonly bytes: number;
  }[];
};

/** Reads a file in full, including the payload of an envelope, and collects the report; content is masked unless requested. */
export function inspect(
  file: string,
  bytes: Uint8Array,
  options: { readonly showContent: boolean },
): Inspection {
  const { form, encoding } = recognise(bytes);
  const { interchanges, findings } = readFully(bytes);
  const [first] = interchanges;
  const payload = first?.carried ? unwrapPayload(bytes, first).payload : undefined;
  return {
    file,
    kind: first?.form ?? form,
    encoding: interchanges[0]?.encoding ?? encoding ?? "unknown",
    bytes: bytes.length,
    isSound: isSound(findings),
    interchanges: interchanges.map(inspected),
    findings: findings.map((entry) => ({
      ...entry,
      excerpt: excerptAt((entry.at.isCarried && payload) || bytes, entry.at.offset, options.showContent),
    })),
  };
}

function readFully(bytes: Uint8Array): Envelope {
  const reader = new EnvelopeReader({ carried: "read", check: "everything" });
  reader.push(bytes);
  return reader.end();
}

function inspected(interchange: InterchangeEnvelope): InspectedInterchange {
  const party = ({ id, qualifier }: { readonly id: string; readonly qualifier?: string }) =>
    qualifier === undefined ? id : `${id} (${qualifier})`;
  return {
    sender: party(interchange.sender),
    receiver: party(interchange.receiver),
    reference: interchange.reference,
    preparedAt: interchange.preparedAt,
    acknowledgementRequested: interchange.acknowledgementRequested,
    isTest: interchange.isTest,
    messages: interchange.messages.map(
      ({ sender, receiver, reference, unhType, code, version, type, range }) => ({
        sender: party(sender),
        receiver: party(receiver),
        reference,
        type: [unhType, code, version].filter(Boolean).join(" "),
        nameDa: type?.nameDa,
        bytes: range.end - range.start,
      }),
    ),
  };
}

/** An inspection as lines of text; each finding has its place marked below an excerpt. */
export function inspectionText(inspection: Inspection): string {
  const { file, kind, encoding, bytes, findings } = inspection;
  const verdict = inspection.isSound ? "i orden / sound" : "IKKE I ORDEN / NOT SOUND";
  const lines = [`${file}: ${kind}, ${encoding}, ${bytes} bytes, ${verdict}`];
  for (const interchange of inspection.interchanges) {
    const marks = [
      interchange.acknowledgementRequested && "kvittering ønskes / receipt wanted",
      interchange.isTest && "TEST",
    ];
    lines.push(`  ${interchange.sender} -> ${interchange.receiver}`);
    lines.push(`  ${[interchange.reference, interchange.preparedAt, ...marks].filter(Boolean).join(", ")}`);
    for (const message of interchange.messages) {
      const isOther = message.sender !== interchange.sender || message.receiver !== interchange.receiver;
      const what = [message.type, message.nameDa, isOther && `${message.sender} -> ${message.receiver}`];
      lines.push(`    ${message.reference}: ${what.filter(Boolean).join(", ")} (${message.bytes} bytes)`);
    }
  }
  for (const entry of findings) lines.push(...findingLines(entry));
  return `${lines.join("\n")}\n`;
}

function findingLines({
  severity,
  code,
  iso,
  at,
  textDa,
  textEn,
  excerpt,
}: Inspection["findings"][number]): string[] {
  const { offset, ...place } = at;
  const where = Object.entries({ ...place, byte: offset }).map(([name, value]) => `${name} ${value}`);
  const heading = iso === undefined ? `${severity} ${code}` : `${severity} ${code} (0085: ${iso})`;
  return [
    `  ${heading}: ${where.join(", ")}`,
    `    ${textDa}`,
    `    ${textEn}`,
    ...excerpt.split("\n").map((line) => `    ${line}`),
  ];
}
