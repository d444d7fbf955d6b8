import { type Envelope, EnvelopeReader } from "@sor/edi";
import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import { readBody } from "../http/request-body.ts";
import type { Coming, Pressure } from "./back-pressure.ts";
import { Spool, type Spooled } from "./spool.ts";

/** A body received completely; an envelope too large to be held in memory was parsed as it arrived. */
export type ReceivedBody = {
  content: Spooled;
  read: Envelope | undefined;
  /** Present if everything was checked: the same parse as when it is sent. */
  asSent: Envelope | undefined;
};
type Received = { received: ReceivedBody } | { refused: Response } | { pressure: Pressure };

type ReceiveOptions = {
  /** Size limit, compressed and decompressed. */
  bytesMax: number;
  folder: string;
  /** Called with every decompressed piece; gives the reason why no more is accepted. */
  arrived: Coming["arrived"];
  /** Parse the envelope of small bodies too, and check everything that can be checked. */
  check?: "everything";
};

class PressureError extends Error {
  readonly pressure: Pressure;
  constructor(pressure: Pressure) {
    super(pressure.reason);
    this.pressure = pressure;
  }
}

/**
 * Receives the body of a request as a stream: verifies the digest of the bytes as transferred (RFC 9530), decompresses, spools,
 * and parses the envelope, never more than `bytesMax` and with only a few pieces in memory.
 */
export async function receiveBody(c: Context<AppEnv>, options: ReceiveOptions): Promise<Received> {
  const spool = new Spool(options.folder);
  const reading = new LateReading(options.check);
  const refused = await readBody(c, options.bytesMax, async (content) => {
    for await (const piece of content) {
      const pressure = await options.arrived(piece.byteLength);
      if (pressure) throw new PressureError(pressure);
      await spool.write(piece);
      reading.push(piece, spool.isInFile);
    }
  }).catch(async (error: unknown) => {
    await spool.close();
    if (error instanceof PressureError) return error.pressure;
    throw error;
  });
  if (!refused) return { received: { content: spool.finish(), ...reading.end() } };
  if ("reason" in refused) return { pressure: refused };
  await spool.close();
  return { refused };
}

/** Parses the envelope as the bytes arrive, once there are too many to parse later. */
class LateReading {
  #reader: EnvelopeReader | undefined;
  #early: Uint8Array[] = [];
  readonly #asSent: EnvelopeReader | undefined;

  constructor(check: "everything" | undefined) {
    if (!check) return;
    this.#reader = new EnvelopeReader({ carried: "read", check });
    this.#asSent = new EnvelopeReader({ carried: "read" });
  }

  push(piece: Uint8Array, isLarge: boolean): void {
    this.#asSent?.push(piece);
    if (this.#reader) this.#reader.push(piece);
    else {
      this.#early.push(piece);
      if (!isLarge) return;
      this.#reader = new EnvelopeReader({ carried: "read" });
      for (const early of this.#early) this.#reader.push(early);
      this.#early = [];
    }
  }

  end(): { read: Envelope | undefined; asSent: Envelope | undefined } {
    return { read: this.#reader?.end(), asSent: this.#asSent?.end() };
  }
}
