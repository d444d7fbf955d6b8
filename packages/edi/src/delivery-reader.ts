import type { Envelope } from "./envelope.ts";

/** Reads one input from bytes pushed in chunks; the result does not depend on where they are cut. */
export type DeliveryReader = {
  push(bytes: Uint8Array): void;
  /** The result; called once, after the last chunk. */
  end(): Envelope;
};
