import { createHash, type Hash, timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { type Envelope, EnvelopeReader } from "@sor/edi";
import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problems.ts";
import { Spool, type Spooled } from "./spool.ts";

/** A body that was received whole; its envelope was read as it came where it is too large to be held. */
export type ReceivedBody = { content: Spooled; read: Envelope | undefined };
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
  if (!decode && encoding !== "identity") {
    const headers = { "Accept-Encoding": "gzip, zstd" };
    return { refused: problem(c, "unsupported-media-type", { headers }) };
  }
  const spool = new Spool(options.folder);
  const reading = new LateReading(options.check);
  const digests = digestsOf(c.req.header("content-digest"));
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
    if (decode) await pipeline(Readable.from(wire, { objectMode: false }), decode(), sink);
    else await sink(wire);
  } catch (error) {
    await spool.close();
    return { refused: refusalOf(c, error, options.bytesMax) };
  }
  if (!digests.every(isRight)) {
    await spool.close();
    return { refused: problem(c, "digest-mismatch") };
  }
  return { received: { content: spool.finish(), read: reading.end() } };
}

/** Reads the envelope as the bytes come, once there are too many to be read later. */
class LateReading {
  #reader: EnvelopeReader | undefined;
  #early: Uint8Array[] = [];

  constructor(check: "everything" | undefined) {
    if (check) this.#reader = new EnvelopeReader({ carried: "read", check });
  }

  push(piece: Uint8Array, isLarge: boolean): void {
    if (this.#reader) this.#reader.push(piece);
    else {
      this.#early.push(piece);
      if (!isLarge) return;
      this.#reader = new EnvelopeReader({ carried: "read" });
      for (const early of this.#early) this.#reader.push(early);
      this.#early = [];
    }
  }

  end(): Envelope | undefined {
    return this.#reader?.end();
  }
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

type Digest = { hash: Hash; wanted: Buffer };

function digestsOf(header: string | undefined): Digest[] {
  const given = [...(header ?? "").matchAll(/(sha-256|sha-512)=:([A-Za-z0-9+/=]{1,100}):/g)];
  return given.map(([, algorithm = "", value = ""]) => ({
    hash: createHash(algorithm.replace("-", "")),
    wanted: Buffer.from(value, "base64"),
  }));
}

function isRight({ hash, wanted }: Digest): boolean {
  const is = hash.digest();
  return wanted.length === is.length && timingSafeEqual(wanted, is);
}

const isUnpacking = (error: unknown) =>
  error instanceof Error &&
  "code" in error &&
  /^(?:Z_|ZSTD_|ERR_BUFFER_TOO_LARGE|ERR_ZLIB|ERR__ERROR_FORMAT)/.test(String(error.code));

function refusalOf(c: Context<AppEnv>, error: unknown, bytesMax: number): Response {
  if (error instanceof TooLargeError) return problem(c, "too-large", { more: { bytesMax } });
  if (isUnpacking(error)) return problem(c, "malformed");
  const isBroken = error instanceof Error && "code" in error && error.code === "ECONNRESET";
  if (isBroken || c.req.raw.signal.aborted) return problem(c, "malformed");
  throw error;
}
