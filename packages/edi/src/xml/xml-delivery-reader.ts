import type { DeliveryReader } from "../delivery-reader.ts";
import type { Envelope } from "../envelope.ts";
import type { XmlReader } from "./xml-reader.ts";

/** A delivery in XML that is being read, and what gives its envelope, asked with the number of bytes read. */
export type XmlReading = {
  readonly reader: XmlReader;
  readonly finish: (length: number) => Envelope;
};

/** The delivery reader of a reading in XML: counts the bytes that are pushed into it. */
export function xmlDeliveryReader({ reader, finish }: XmlReading): DeliveryReader {
  let length = 0;
  return {
    push: (bytes) => {
      length += bytes.length;
      reader.push(bytes);
    },
    end: () => {
      reader.end();
      return finish(length);
    },
  };
}
