import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { constants, gunzip, zstdDecompress } from "node:zlib";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv } from "./app-env.ts";
import { digestsOf, isRight } from "./content-digest.ts";
import { problem } from "./problems.ts";

type Decode = (content: Buffer, bytesMax: number) => Promise<Buffer>;
const unzip = promisify(gunzip);
const unpackZstd = promisify(zstdDecompress);
const gzip: Decode = (content, maxOutputLength) => unzip(content, { maxOutputLength });
/** RFC 9659: a window of at most 8 MB, so that a small body cannot ask for much memory. */
const zstd: Decode = async (content, maxOutputLength) => {
  const params = { [constants.ZSTD_d_windowLogMax]: 23 };
  const { buffer, engine } = (await unpackZstd(content, {
    maxOutputLength,
    params,
    info: true,
  })) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  // Node ends with the first frame and passes over the rest in silence.
  if (engine.bytesWritten < content.byteLength) throw new Error("more than one frame");
  return buffer;
};
const decoders: Readonly<Record<string, Decode>> = { gzip, "x-gzip": gzip, zstd };

type ReadBody = { bytes: Buffer } | { refused: Response };

const said = (c: Context<AppEnv>, da: string, en: string) => (c.var.language === "en" ? en : da);

/** The refusal of a content encoding that is none of ours, naming those that are (RFC 9110 15.5.16). */
export const unknownEncoding = (c: Context<AppEnv>): Response =>
  problem(c, "unsupported-media-type", {
    detail: said(
      c,
      "Content-Encoding er hverken gzip eller zstd.",
      "Content-Encoding is neither gzip nor zstd.",
    ),
    headers: { "Accept-Encoding": "gzip, zstd" },
  });

/** The refusal of a packed body that cannot be unpacked. */
export const brokenPacking = (c: Context<AppEnv>): Response =>
  problem(c, "malformed", {
    detail: said(
      c,
      "Indholdet kan ikke pakkes ud, som Content-Encoding siger.",
      "The content cannot be unpacked as Content-Encoding says.",
    ),
  });

/** Why a body can be no JSON that is kept: it is not UTF-8 (RFC 8259 8.1), or a text holds U+0000, which no column takes. */
function faultOfJson(bytes: Buffer): { da: string; en: string } | undefined {
  if (!isUtf8(bytes)) return { da: "JSON er ikke gyldig UTF-8.", en: "The JSON is not valid UTF-8." };
  if (bytes.indexOf("\\u0000") < 0) return undefined;
  if (!/(?<!\\)(?:\\\\)*\\u0000/.test(bytes.toString("latin1"))) return undefined;
  return {
    da: "En tekst i JSON indeholder tegnet U+0000.",
    en: "A text in the JSON holds the character U+0000.",
  };
}

const isJson = (c: Context<AppEnv>) => /\bjson\b/i.test(c.req.header("content-type") ?? "");

/** The refusal of a Content-Digest that does not match, or (`unreadable`) is not written as the standard says. */
export const wrongDigest = (c: Context<AppEnv>, unreadable?: "unreadable"): Response =>
  problem(c, "digest-mismatch", {
    ...(unreadable && {
      errors: [{ parameter: "content-digest", detail: "sha-256=:base64: (RFC 9530)" }],
    }),
  });

/** The body of a request as bytes: digest checked as it travelled, then unpacked, never more than `bytesMax`. */
async function readBody(c: Context<AppEnv>, bytesMax: number): Promise<ReadBody> {
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() || "identity";
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (!decode && encoding !== "identity") return { refused: unknownEncoding(c) };
  const digests = digestsOf(c.req.header("content-digest"));
  if (!digests) return { refused: wrongDigest(c, "unreadable") };
  const content = Buffer.from(await c.req.arrayBuffer());
  for (const { hash } of digests) hash.update(content);
  if (!digests.every(isRight)) return { refused: wrongDigest(c) };
  if (!decode) return { bytes: content };
  return await decode(content, bytesMax).then(
    (bytes): ReadBody => ({ bytes }),
    (error: unknown): ReadBody => {
      const isTooLarge = error instanceof RangeError;
      return {
        refused: isTooLarge ? problem(c, "too-large", { more: { bytesMax } }) : brokenPacking(c),
      };
    },
  );
}

/**
 * Takes a body of at most `bytesMax`, packed and unpacked: refused before it is read when its length is given, else as soon as
 * it is passed. `Content-Digest` is checked, and gzip and zstd unpacked, for whatever reads the body after this.
 */
export function limitBody(bytesMax: number): MiddlewareHandler<AppEnv> {
  const limit = bodyLimit({
    maxSize: bytesMax,
    onError: (c) => problem(c as Context<AppEnv>, "too-large", { more: { bytesMax } }),
  });
  return async (c, next) => {
    if (!c.req.raw.body || !(isJson(c) || isPacked(c) || c.req.header("content-digest")))
      return await limit(c, next);
    let refused: Response | undefined;
    const taken = async () => {
      refused = await takeBody(c, bytesMax);
      if (!refused) await next();
    };
    return (await limit(c, taken)) ?? refused;
  };
}

const isPacked = (c: Context<AppEnv>) => c.req.header("content-encoding") !== undefined;

/** Reads the body and leaves it unpacked for whoever reads it next; the refusal when it cannot be used. */
async function takeBody(c: Context<AppEnv>, bytesMax: number): Promise<Response | undefined> {
  const body = await readBody(c, bytesMax);
  if ("refused" in body) return body.refused;
  const fault = isJson(c) ? faultOfJson(body.bytes) : undefined;
  if (fault) return problem(c, "malformed", { detail: fault[c.var.language] });
  if (isPacked(c)) {
    c.req.raw = new Request(c.req.raw, { body: new Uint8Array(body.bytes) });
    c.req.bodyCache = {};
  }
  return undefined;
}
