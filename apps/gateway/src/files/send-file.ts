import { open } from "node:fs/promises";
import { codedTag } from "@sor/core";
import type { Context } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import { takePlace } from "../http/bounded.ts";
import { chooseEncoding } from "../http/compress.ts";
import { knownTag } from "../http/conditional.ts";
import { endingBody } from "../http/ending-body.ts";
import { problem } from "../problems/index.ts";
import { standstill, watched } from "../streams/payload-answer.ts";
import { type ByteRange, readRange } from "./byte-range.ts";
import type { PublishedFile } from "./published-files.ts";

const pieceBytes = 256 * 1024;

type Form = { path: string; bytes: number; encoding?: "gzip" | "zstd"; etag: string };

function formFor(c: Context<AppEnv>, { path, bytes, tag, packed }: PublishedFile): Form {
  const encoding = chooseEncoding(c.req.header("accept-encoding"));
  const ready = encoding && packed[encoding];
  return ready
    ? { ...ready, encoding, etag: codedTag(`"${tag}"`, encoding) }
    : { path, bytes, etag: `"${tag}"` };
}

/** Whether If-Range lets the part be sent: it names this very form of the file, or no later change (RFC 9110 13.1.5). */
function mayBePart(header: string | undefined, { etag }: Form, modifiedAt: Date): boolean {
  if (header === undefined) return true;
  if (header.includes('"')) return header.trim() === etag;
  return Date.parse(header) === Math.floor(modifiedAt.getTime() / 1000) * 1000;
}

/** Whether If-Match names this very form: parts of two forms must never be put together. */
const isExpected = (header: string | undefined, { etag }: Form) =>
  header === undefined || header.trim() === "*" || header.split(",").some((tag) => tag.trim() === etag);

function isUnchanged(c: Context<AppEnv>, { etag }: Form, { modifiedAt }: PublishedFile): boolean {
  const none = c.req.header("if-none-match");
  if (none !== undefined) return knownTag(none, etag) !== undefined;
  const since = Date.parse(c.req.header("if-modified-since") ?? "");
  return !Number.isNaN(since) && Math.floor(modifiedAt.getTime() / 1000) * 1000 <= since;
}

async function* piecesOf(path: string, { first, last }: ByteRange): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  try {
    for (let at = first; at <= last; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, last + 1 - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) throw new Error("a published file is shorter than its manifest says");
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * Sends a published file from disk, a piece at a time as the client reads: whole or in part, in a ready-made compressed form
 * where the client accepts one. An address that always has the newest file is checked again each time; others never change.
 */
export async function sendFile(
  c: Context<AppEnv>,
  deps: Deps,
  { file, address, isNewest }: { file: PublishedFile; address: string; isNewest: boolean },
): Promise<Response> {
  const form = formFor(c, file);
  const headers: Record<string, string> = {
    ETag: form.etag,
    "Last-Modified": file.modifiedAt.toUTCString(),
    "Cache-Control": isNewest
      ? "public, no-cache, no-transform"
      : "public, max-age=31536000, immutable, no-transform",
    Vary: "Accept-Encoding",
    "Register-Sequence": String(file.sequence),
    "Content-Location": `/files/snapshots/${file.snapshot}/${encodeURI(address)}`,
    "Access-Control-Allow-Origin": "*",
    "Accept-Ranges": "bytes",
  };
  if (!isExpected(c.req.header("if-match"), form)) return problem(c, "precondition-failed");
  if (isUnchanged(c, form, file)) return c.body(null, 304, headers);
  const asked = mayBePart(c.req.header("if-range"), form, file.modifiedAt)
    ? c.req.header("range")
    : undefined;
  const range = readRange(asked, form.bytes);
  if (range === "unsatisfiable") {
    return problem(c, "range-not-satisfiable", { headers: { "Content-Range": `bytes */${form.bytes}` } });
  }
  const part = range ?? { first: 0, last: form.bytes - 1 };
  Object.assign(headers, {
    "Content-Type": file.contentType,
    "Content-Length": String(part.last + 1 - part.first),
    ...(form.encoding && { "Content-Encoding": form.encoding }),
    ...(range && { "Content-Range": `bytes ${part.first}-${part.last}/${form.bytes}` }),
  });
  const status = range ? 206 : 200;
  if (c.req.method === "HEAD" || form.bytes === 0) return c.body(null, status, headers);
  return await streamed(c, deps, { path: form.path, part, status, headers });
}

type Sending = { path: string; part: ByteRange; status: 200 | 206; headers: Record<string, string> };

async function streamed(c: Context<AppEnv>, deps: Deps, sending: Sending): Promise<Response> {
  const place = takePlace(c, deps, "files");
  if ("refused" in place) return place.refused;
  const still = new AbortController();
  const rest = piecesOf(sending.path, sending.part);
  // A file that cannot be read is reported before the answer begins.
  const first = await rest.next().catch((error: unknown) => {
    place.held.giveBack();
    throw error;
  });
  const pieces = watched(first.done ? undefined : first.value, rest, () =>
    standstill(deps, still, pieceBytes),
  );
  const ended = () => place.held.giveBack();
  const body = endingBody(c, pieces, { signal: still.signal, ended, isCutOff: true });
  return c.body(body, sending.status, sending.headers);
}
