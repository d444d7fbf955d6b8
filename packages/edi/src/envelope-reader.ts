import type { DeliveryReader } from "./delivery-reader.ts";
import { InputBuffer } from "./edifact/input-buffer.ts";
import { EdifactReader } from "./edifact/reader.ts";
import type { Envelope } from "./envelope.ts";
import { fhirReader } from "./fhir/read-fhir.ts";
import { unknownForm, wideEdifact } from "./form-unknown.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { type Head, headBytes, headOf, type Recognised, unrecognised } from "./recognise.ts";
import { emessageReader } from "./xml/emessage.ts";
import { sbdhReader } from "./xml/sbdh.ts";
import { vansEnvelopeReader } from "./xml/vans-envelope.ts";

export type EnvelopeReaderOptions = {
  readonly limits?: Partial<Limits>;
  /** Also read the payload of a VANSEnvelope or SBDH (`carried.inside`), and report findings in it. */
  readonly carried?: "read" | "skip";
  /** Also check what matters only to whoever reads the content: the characters of every segment (EDIFACT). */
  readonly check?: "envelope" | "everything";
};

/**
 * Reads the envelopes of an input of any form from bytes pushed in chunks, with the same result as `readEnvelope`: parties,
 * references, time, messages with type, version and byte range, and all findings. Memory does not grow with the input.
 */
export class EnvelopeReader implements DeliveryReader {
  recognised: Recognised | undefined;
  readonly #limits: Limits;
  readonly #carried: "read" | "skip";
  readonly #check: "envelope" | "everything";
  /** Bytes pushed before the form was known. */
  readonly #pushed = new InputBuffer();
  /** Which of `headBytes` is tried next. */
  #next = 0;
  #reader: DeliveryReader | undefined;

  constructor(options: EnvelopeReaderOptions = {}) {
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#carried = options.carried ?? "skip";
    this.#check = options.check ?? "envelope";
  }

  push(bytes: Uint8Array): void {
    if (this.#reader) {
      this.#reader.push(bytes);
      return;
    }
    this.#pushed.append(bytes);
    const { length } = this.#pushed.bytes;
    while (!this.#reader && length >= (headBytes[this.#next] ?? Number.POSITIVE_INFINITY)) this.#look();
  }

  end(): Envelope {
    if (!this.#reader) {
      const { bytes } = this.#pushed;
      this.#begin(headOf(bytes, "whole") ?? unrecognised(bytes));
    }
    const read = this.#reader?.end() ?? unknownForm("other");
    // JSON is identified by its members, which have only now been read.
    const isUnknown = read.findings.some(({ code }) => code === "form-unknown");
    if (this.recognised && isUnknown) this.recognised = { ...this.recognised, form: "unknown" };
    return read;
  }

  #look(): void {
    const { bytes } = this.#pushed;
    const size = headBytes[this.#next++] as number;
    const found = headOf(bytes.subarray(0, size), "cut");
    if (found) this.#begin(found);
    else if (this.#next === headBytes.length) this.#begin(unrecognised(bytes));
  }

  #begin({ seems, ...recognised }: Head): void {
    this.recognised = recognised;
    this.#reader = this.#readerOf(recognised, seems);
    this.#reader.push(this.#pushed.bytes);
    this.#pushed.bytes = new Uint8Array(0);
  }

  #readerOf({ form, notation, encoding }: Recognised, seems: Head["seems"]): DeliveryReader {
    const limits = this.#limits;
    switch (form) {
      case "XML":
        return emessageReader(limits);
      case "VANSEnvelope":
        return vansEnvelopeReader(limits, this.#inside());
      case "SBDH":
        return sbdhReader(limits, this.#inside());
      case "FHIR":
        return fhirReader(notation === "XML" ? "XML" : "JSON", limits);
      case "EDIFACT":
        return encoding ? passing(wideEdifact) : edifactReader(limits, this.#check);
      case "unknown":
        return seems === "EDIFACT"
          ? edifactReader(limits, this.#check)
          : passing(() => unknownForm(seems ?? "other"));
    }
  }

  #inside(): DeliveryReader | undefined {
    return this.#carried === "read"
      ? new EnvelopeReader({ limits: this.#limits, check: this.#check })
      : undefined;
  }
}

function edifactReader(limits: Limits, check: "envelope" | "everything"): DeliveryReader {
  // A segment handler gets all segments split, and split segments are checked completely.
  const handlers = check === "everything" ? { segment: () => undefined } : {};
  const reader = new EdifactReader(handlers, { limits });
  return {
    push: (bytes) => reader.push(bytes),
    end: () => {
      reader.end();
      return { interchanges: reader.interchanges, findings: reader.findings };
    },
  };
}

/** Skips input that cannot be read. */
const passing = (end: () => Envelope): DeliveryReader => ({ push: () => undefined, end });
