import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from "node:zlib";
import { type Envelope, EnvelopeReader } from "@sor/edi";
import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import { type Digest, digestsOf, isRight } from "../content-digest.ts";
import { problem } from "../problems.ts";
import { brokenPacking, unknownEncoding, wrongDigest } from "../request-body.ts";
import { Spool, type Spooled } from "./spool.ts";

/** A body that was received whole; its envelope was read as it came where it is too large to be held. */
export type ReceivedBody = {
  content: Spooled;
  read: Envelope | undefined;
  /** Where everything was checked: the same read as when it is sent. */
  asSent: Envelope | undefined;
};
export type Received = { received: ReceivedBody } | { refused: Response };

export type ReceiveOptions = {
  /** Most bytes, packed and unpacked. */
  bytesMax: number;
  folder: string;
  /** Read the envelope also of what is small, and check all that can be checked. */
  check?: "everything";
};

class TooLargeError extends Error {}

const decoders = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  // RFC 9659: a window of at most 8 MB, so that a small body cannot ask for much memory.
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
};

/**
 * Receives the body of a request while it comes: digest checked as it travelled (RFC 9530), unpacked, spooled, and its envelope
 * read, never more than `bytesMax` and never more than some pieces in memory.
 */
export async function receiveBody(c: Context<AppEnv>, options: ReceiveOptions): Promise<Received> {
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() || "identity";
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (!decode && encoding !== "identity") return { refused: unknownEncoding(c) };
  const digests = digestsOf(c.req.header("content-digest"));
  if (!digests) return { refused: wrongDigest(c, "unreadable") };
  const spool = new Spool(options.folder);
  const reading = new LateReading(options.check);
  const sink = async (unpacked: AsyncIterable<Uint8Array>) => {
    let length = 0;
    for await (const piece of unpacked) {
      length += piece.byteLength;
      if (length > options.bytesMax) throw new TooLargeError();
      await spool.write(piece);
      reading.push(piece, spool.isInFile);
    }
  };
  try {
    const wire = travelled(piecesOf(c), options.bytesMax, digests);
    if (decode) await unpack(wire, decode(), sink);
    else await sink(wire);
  } catch (error) {
    await spool.close();
    return { refused: refusalOf(c, error, options.bytesMax) };
  }
  if (!digests.every(isRight)) {
    await spool.close();
    return { refused: wrongDigest(c) };
  }
  return { received: { content: spool.finish(), ...reading.end() } };
}

/** Reads the envelope as the bytes come, once there are too many to be read later. */
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

class LeftOverError extends Error {}

// Node's zstd ends with the first frame and passes over the rest in silence; gzip reads on, or says that it cannot.
async function unpack(
  wire: AsyncIterable<Uint8Array>,
  decoder: Gunzip | ZstdDecompress,
  sink: (unpacked: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  let length = 0;
  async function* counted() {
    for await (const piece of wire) {
      length += piece.byteLength;
      yield piece;
    }
  }
  await pipeline(Readable.from(counted(), { objectMode: false }), decoder, sink);
  if (decoder.bytesWritten < length) throw new LeftOverError();
}

// The request's own stream is not destroyed when reading ends early: the refusal has to go back on it.
function piecesOf(c: Context<AppEnv>): AsyncIterable<Uint8Array> {
  const { incoming } = c.env ?? {};
  if (incoming instanceof Readable) return incoming.iterator({ destroyOnReturn: false });
  return c.req.raw.body ?? Readable.from([]);
}

async function* travelled(
  pieces: AsyncIterable<Uint8Array>,
  bytesMax: number,
  digests: readonly Digest[],
): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.byteLength;
    for (const { hash } of digests) hash.update(piece);
    if (length > bytesMax) throw new TooLargeError();
    yield piece;
  }
}

const isUnpacking = (error: unknown) =>
  error instanceof LeftOverError ||
  (error instanceof Error &&
    "code" in error &&
    /^(?:Z_|ZSTD_|ERR_BUFFER_TOO_LARGE|ERR_ZLIB|ERR__ERROR_FORMAT)/.test(String(error.code)));

function refusalOf(c: Context<AppEnv>, error: unknown, bytesMax: number): Response {
  if (error instanceof TooLargeError) return problem(c, "too-large", { more: { bytesMax } });
  if (isUnpacking(error)) return brokenPacking(c);
  const isBroken = error instanceof Error && "code" in error && error.code === "ECONNRESET";
  if (isBroken || c.req.raw.signal.aborted) return problem(c, "malformed");
  throw error;
}
