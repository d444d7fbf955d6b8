import type { DeliveryReader } from "../delivery-reader.ts";
import type { CarriedInside, Envelope, InterchangeEnvelope, Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Finding } from "../findings.ts";
import type { Reporter } from "../reporter.ts";
import { Base64Decoder } from "./base64.ts";

/** Reads the payload of an envelope while its base64 is pushed: its length in bytes, and the interchange in it. */
export class CarriedReader {
  readonly #decoder = new Base64Decoder();
  readonly #inside: DeliveryReader;
  #sizeInBytes = 0;

  constructor(inside: DeliveryReader) {
    this.#inside = inside;
  }

  /** Reads base64 as it is in the input; zero bytes, which a wide encoding has, are skipped. */
  push(base64: Uint8Array): void {
    const piece = this.#decoder.push(base64);
    if (piece.length === 0) return;
    this.#sizeInBytes += piece.length;
    this.#inside.push(piece);
  }

  /** The result; for invalid base64, the number of bytes before the error. */
  end(): { inside: CarriedInside; findings: readonly Finding[] } | number {
    const { faultAt } = this.#decoder;
    if (faultAt !== undefined) return faultAt;
    const { interchanges, findings } = this.#inside.end();
    return { inside: { sizeInBytes: this.#sizeInBytes, interchanges }, findings };
  }
}

/** The interchange with the content of its payload, if that was read; findings in the payload are marked as carried. */
export function withCarried(
  interchange: InterchangeEnvelope,
  reader: CarriedReader | undefined,
  reporter: Reporter,
): Envelope {
  const { carried } = interchange;
  if (!carried || !reader) return { interchanges: [interchange], findings: reporter.findings };
  const path =
    interchange.form === "SBDH" ? "/StandardBusinessDocument/BinaryContent" : "/VANSEnvelope/Message/Data";
  const place = { interchange: 1, message: 1, path, offset: carried.base64.start };
  const read = reader.end();
  if (typeof read === "number") {
    reporter.add("base64-invalid", { ...place, offset: place.offset + read });
    return { interchanges: [interchange], findings: reporter.findings };
  }
  // An envelope has no test indicator: it is a test if its payload is.
  const isTest = interchange.isTest || read.inside.interchanges.some((inner) => inner.isTest);
  const whole = { ...interchange, isTest, carried: { ...carried, inside: read.inside } };
  check(whole, read, (code) => reporter.add(code, place));
  reportOtherParties(whole, read.inside, reporter);
  const inner = read.findings.map((entry): Finding => ({ ...entry, at: { ...entry.at, isCarried: true } }));
  return { interchanges: [whole], findings: [...reporter.findings, ...inner] };
}

function check(
  { form, carried, messages: [message] }: InterchangeEnvelope,
  { inside, findings }: { inside: CarriedInside; findings: readonly Finding[] },
  report: (code: FindingCode) => void,
): void {
  if (carried?.sizeInBytes !== undefined && carried.sizeInBytes !== inside.sizeInBytes)
    report("size-differs");
  // MedCom's governance for the network layer: an envelope carries exactly one FHIR message.
  const isFhir = carried?.format === "HL7" || message?.type?.format === "FHIR";
  const isOne =
    inside.interchanges.length === 1 &&
    inside.interchanges[0]?.form === "FHIR" &&
    findings.every(({ code }) => code !== "fhir-several-headers");
  if (form === "VANSEnvelope" && isFhir && !isOne) report("carried-not-one-message");
  const messages = inside.interchanges.flatMap(({ messages }) => messages);
  const isOther = messages.some(({ type }) => type && message?.type && type.code !== message.type.code);
  if (isOther) report("carried-differs");
}

/** Warns about every message in the payload whose parties are not the envelope's, with its place in the payload. */
function reportOtherParties(envelope: InterchangeEnvelope, inside: CarriedInside, reporter: Reporter): void {
  for (const [at, { messages }] of inside.interchanges.entries()) {
    for (const [index, { sender, receiver, range }] of messages.entries()) {
      if (isSame(sender, envelope.sender) && isSame(receiver, envelope.receiver)) continue;
      const place = {
        interchange: at + 1,
        message: index + 1,
        isCarried: true,
        offset: range.start,
      } as const;
      reporter.add("parties-differ", place);
    }
  }
}

const isSame = (first: Party, second: Party) =>
  first.id === second.id && (first.qualifier ?? second.qualifier) === (second.qualifier ?? first.qualifier);
