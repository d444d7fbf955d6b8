import type { DeliveryReader } from "../delivery-reader.ts";
import type { Envelope } from "../envelope.ts";
import type { XmlReader } from "./xml-reader.ts";

/** An XML interchange that is being read, and a function that returns its envelope, called with the number of bytes read. */
export type XmlReading = {
  readonly reader: XmlReader;
  readonly finish: (length: number) => Envelope;
};

/** A delivery reader for XML: counts the bytes that are pushed. */
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
