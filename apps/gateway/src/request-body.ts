import { createHash, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, zstdDecompress } from "node:zlib";
import type { Context } from "hono";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problems.ts";

const decoders = { gzip: promisify(gunzip), "x-gzip": promisify(gunzip), zstd: promisify(zstdDecompress) };

export type ReadBody = { bytes: Buffer } | { refused: Response };

/** Whether the content has the digests that its sender names (RFC 9530); algorithms that we do not know are passed over. */
export function hasDigest(content: Uint8Array, header: string | undefined): boolean {
  return [...(header ?? "").matchAll(/(sha-256|sha-512)=:([A-Za-z0-9+/=]{1,100}):/g)].every(
    ([, algorithm = "", given = ""]) => {
      const wanted = Buffer.from(given, "base64");
      const is = createHash(algorithm.replace("-", "")).update(content).digest();
      return wanted.length === is.length && timingSafeEqual(wanted, is);
    },
  );
}

/** The body of a request as bytes: digest checked as it travelled, then unpacked, never more than `bytesMax`. */
export async function readBody(c: Context<AppEnv>, bytesMax: number): Promise<ReadBody> {
  const content = Buffer.from(await c.req.arrayBuffer());
  if (content.byteLength > bytesMax) return { refused: problem(c, "too-large", { more: { bytesMax } }) };
  if (!hasDigest(content, c.req.header("content-digest"))) return { refused: problem(c, "digest-mismatch") };
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return { bytes: content };
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (!decode) {
    return {
      refused: problem(c, "unsupported-media-type", { headers: { "Accept-Encoding": "gzip, zstd" } }),
    };
  }
  return await decode(content, { maxOutputLength: bytesMax }).then(
    (bytes): ReadBody => ({ bytes }),
    (error: unknown): ReadBody => {
      const isTooLarge = error instanceof RangeError;
      return {
        refused: isTooLarge ? problem(c, "too-large", { more: { bytesMax } }) : problem(c, "malformed"),
      };
    },
  );
}
