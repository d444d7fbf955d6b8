import type { Envelope } from "./envelope.ts";

/** Reads one delivery from bytes pushed in chunks; the result does not depend on where they are cut. */
export type DeliveryReader = {
  push(bytes: Uint8Array): void;
  /** What was read; asked for once, after the last chunk. */
  end(): Envelope;
};
