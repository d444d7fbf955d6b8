import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from "node:zlib";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Language } from "../app-env.ts";
import { type ProblemError, pointerOf, problem } from "../problems/index.ts";
import { atLeast, TooSlowError } from "./body-pace.ts";
import { type Digest, digestsOf, isRight } from "./content-digest.ts";
import { duplicateMembers } from "./json-members.ts";

const decoders: Readonly<Record<string, () => Gunzip | ZstdDecompress>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  // RFC 9659: a window of at most 8 MB, so that a small body cannot force a large allocation.
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
};

const said = (c: Context<AppEnv>, da: string, en: string) => (c.var.language === "en" ? en : da);

/** The refusal of an unsupported content encoding, listing the supported ones (RFC 9110 15.5.16). */
const unknownEncoding = (c: Context<AppEnv>): Response =>
  problem(c, "unsupported-media-type", {
    detail: said(
      c,
      "Content-Encoding er hverken gzip eller zstd.",
      "Content-Encoding is neither gzip nor zstd.",
    ),
    headers: { "Accept-Encoding": "gzip, zstd" },
  });

const brokenPacking = (c: Context<AppEnv>): Response =>
  problem(c, "malformed", {
    detail: said(
      c,
      "Indholdet kan ikke pakkes ud, som Content-Encoding siger.",
      "The content cannot be unpacked as Content-Encoding says.",
    ),
  });

/** The refusal of a Content-Digest that does not match, or (`unreadable`) is malformed. */
const wrongDigest = (c: Context<AppEnv>, unreadable?: "unreadable"): Response =>
  problem(c, "digest-mismatch", {
    ...(unreadable && {
      errors: [{ parameter: "content-digest", detail: "sha-256=:base64: (RFC 9530)" }],
    }),
  });

type Bytes = AsyncIterable<Uint8Array>;
class TooLargeError extends Error {}
class LeftOverError extends Error {}

/**
 * Streams the body of a request to `sink`: verifies the digest of the bytes as transferred (RFC 9530) and decompresses, at most
 * `bytesMax` before and after. Returns the refusal when the body cannot be used; `sink` may have received part of it by then.
 */
export async function readBody(
  c: Context<AppEnv>,
  bytesMax: number,
  sink: (content: Bytes) => Promise<void>,
): Promise<Response | undefined> {
  if (Number(c.req.header("content-length") ?? 0) > bytesMax) {
    return problem(c, "too-large", { more: { bytesMax } });
  }
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() || "identity";
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (!decode && encoding !== "identity") return unknownEncoding(c);
  const digests = digestsOf(c.req.header("content-digest"));
  if (!digests) return wrongDigest(c, "unreadable");
  try {
    const wire = hashed(limited(atLeast(piecesOf(c), c.var.bodyPace), bytesMax), digests);
    if (decode) await unpack(wire, decode(), (unpacked) => sink(limited(unpacked, bytesMax)));
    else await sink(wire);
  } catch (error) {
    return refusalOf(c, error, bytesMax);
  }
  return digests.every(isRight) ? undefined : wrongDigest(c);
}

// The request's own stream is not destroyed when reading stops early: the refusal is sent on the same connection. It is read
// directly and not through a web Request, which Node's server implements only partly.
function piecesOf(c: Context<AppEnv>): Bytes {
  const { incoming } = c.env ?? {};
  if (incoming instanceof Readable) return incoming.iterator({ destroyOnReturn: false });
  return c.req.raw.body ?? Readable.from([]);
}

async function* limited(pieces: Bytes, bytesMax: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.byteLength;
    if (length > bytesMax) throw new TooLargeError();
    yield piece;
  }
}

async function* hashed(pieces: Bytes, digests: readonly Digest[]): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (const { hash } of digests) hash.update(piece);
    yield piece;
  }
}

// Node's zstd stops after the first frame and silently ignores the rest; gzip reads on or fails.
async function unpack(
  wire: Bytes,
  decoder: Gunzip | ZstdDecompress,
  sink: (unpacked: Bytes) => Promise<void>,
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

const isUnpacking = (error: unknown) =>
  error instanceof LeftOverError ||
  (error instanceof Error &&
    "code" in error &&
    /^(?:Z_|ZSTD_|ERR_BUFFER_TOO_LARGE|ERR_ZLIB|ERR__ERROR_FORMAT)/.test(String(error.code)));

function refusalOf(c: Context<AppEnv>, error: unknown, bytesMax: number): Response {
  if (error instanceof TooSlowError) return problem(c, "too-slow", { headers: { Connection: "close" } });
  if (error instanceof TooLargeError) return problem(c, "too-large", { more: { bytesMax } });
  if (isUnpacking(error)) return brokenPacking(c);
  const isBroken = error instanceof Error && "code" in error && error.code === "ECONNRESET";
  if (isBroken || c.req.raw.signal.aborted) return problem(c, "malformed");
  throw error;
}

/** JSON bodies, whole or one value a line. */
const jsonType = /^application\/(?:[\w.-]+\+)?(?:json|x-ndjson|ndjson)\b/i;
const linesType = /ndjson\b/i;

/** Why JSON cannot be stored: it is not UTF-8 (RFC 8259 8.1), or a text contains U+0000, which PostgreSQL cannot store. */
function faultOfJson(bytes: Buffer): { da: string; en: string } | undefined {
  if (!isUtf8(bytes)) return { da: "JSON er ikke gyldig UTF-8.", en: "The JSON is not valid UTF-8." };
  if (bytes.indexOf("\\u0000") < 0) return undefined;
  if (!/(?<!\\)(?:\\\\)*\\u0000/.test(bytes.toString("latin1"))) return undefined;
  return {
    da: "En tekst i JSON indeholder tegnet U+0000.",
    en: "A text in the JSON holds the character U+0000.",
  };
}

/** The refusal of JSON that cannot be stored or has a duplicate member (RFC 7493 2.3), which would be ambiguous. */
function refuseJson(c: Context<AppEnv>, bytes: Buffer, text: string): Response | undefined {
  const isLines = linesType.test(c.req.header("content-type") ?? "");
  const fault = faultOfJson(bytes);
  if (fault) return problem(c, "malformed", { detail: fault[c.var.language] });
  const errors = isLines ? [] : duplicateErrors(text, c.var.language);
  return errors.length === 0 ? undefined : problem(c, "invalid", { errors });
}

const twice = { da: "står mere end én gang", en: "occurs more than once" };

/** The duplicate member names of a JSON text. */
export const duplicateErrors = (text: string, language: Language): ProblemError[] =>
  duplicateMembers(text).map((path) => ({ pointer: pointerOf(path), detail: twice[language] }));

/**
 * Reads a body of at most `bytesMax`, compressed and decompressed, with a Content-Length or chunked. Leaves it, decompressed and
 * checked, for the later handlers. Runs before anything that reads the body.
 */
export function limitBody(bytesMax: number): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const pieces: Uint8Array[] = [];
    const refused = await readBody(c, bytesMax, async (content) => {
      for await (const piece of content) pieces.push(piece);
    });
    if (refused) return refused;
    const bytes = Buffer.concat(pieces);
    const text = bytes.toString("utf8");
    const isJson = jsonType.test(c.req.header("content-type") ?? "");
    const unusable = isJson ? refuseJson(c, bytes, text) : undefined;
    if (unusable) return unusable;
    const kept = { arrayBuffer: Promise.resolve(new Uint8Array(bytes).buffer), text: Promise.resolve(text) };
    Object.assign(c.req.bodyCache, kept);
    return await next();
  };
}
