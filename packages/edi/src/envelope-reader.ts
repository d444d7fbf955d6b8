import type { DeliveryReader } from "./delivery-reader.ts";
import { EdifactReader } from "./edifact/reader.ts";
import type { Envelope } from "./envelope.ts";
import { fhirReader } from "./fhir/read-fhir.ts";
import { finding } from "./findings.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { type Recognised, recognise, recogniseHeadBytes } from "./recognise.ts";
import { joined } from "./xml/byte-windows.ts";
import { emessageReader } from "./xml/emessage.ts";
import { sbdhReader } from "./xml/sbdh.ts";
import { vansEnvelopeReader } from "./xml/vans-envelope.ts";

export type EnvelopeReaderOptions = {
  readonly limits?: Partial<Limits>;
  /** Also read the delivery that a VANSEnvelope or SBDH carries (`carried.inside`), and tell what is found in it. */
  readonly carried?: "read" | "skip";
  /** Check also what only matters to who reads on: the characters of every segment (EDIFACT). */
  readonly check?: "envelope" | "everything";
};

/**
 * Reads the envelopes of any delivery from bytes pushed in chunks, as `readEnvelope` does from all of them: parties,
 * references, time, letters with type, version and byte range, and all findings. Memory does not grow with the input.
 */
export class EnvelopeReader implements DeliveryReader {
  recognised: Recognised | undefined;
  readonly #limits: Limits;
  readonly #carried: "read" | "skip";
  readonly #check: "envelope" | "everything";
  #head: Uint8Array = new Uint8Array(0);
  #reader: DeliveryReader | undefined;

  constructor(options: EnvelopeReaderOptions = {}) {
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#carried = options.carried ?? "skip";
    this.#check = options.check ?? "envelope";
  }

  push(bytes: Uint8Array): void {
    if (this.#reader) this.#reader.push(bytes);
    else {
      this.#head = joined(this.#head, bytes);
      if (this.#head.length >= recogniseHeadBytes) this.#begin().push(this.#head);
    }
  }

  end(): Envelope {
    if (this.#reader) return this.#reader.end();
    const reader = this.#begin();
    reader.push(this.#head);
    return reader.end();
  }

  #begin(): DeliveryReader {
    this.recognised = recognise(this.#head);
    this.#reader = this.#readerOf(this.recognised);
    return this.#reader;
  }

  #readerOf({ form, notation }: Recognised): DeliveryReader {
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
        return edifactReader(limits, this.#check);
      case "unknown":
        return notation === "unknown" ? edifactReader(limits, this.#check) : unknownReader;
    }
  }

  #inside(): DeliveryReader | undefined {
    return this.#carried === "read"
      ? new EnvelopeReader({ limits: this.#limits, check: this.#check })
      : undefined;
  }
}

function edifactReader(limits: Limits, check: "envelope" | "everything"): DeliveryReader {
  // Who is told of segments gets them split, and what is split is checked whole.
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

const unknownReader: DeliveryReader = {
  push: () => undefined,
  end: () => ({ interchanges: [], findings: [finding("form-unknown", { interchange: 1, offset: 0 })] }),
};
