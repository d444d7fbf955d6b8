import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";

type Sent = {
  method?: string;
  path: string;
  headers?: Record<string, string> | undefined;
  body?: Buffer | undefined;
};
/** How a body is sent and the answer requested: content coding, and chunked or with a Content-Length. */
export type Way = { encoding?: "gzip" | "zstd" | undefined; isChunked?: boolean; agent?: Agent };
export type Answered = {
  status: number;
  headers: IncomingMessage["headers"];
  rawHeaders: readonly string[];
  body: string;
};

const pack = { gzip: gzipSync, zstd: zstdCompressSync };
const unpack: Record<string, (bytes: Buffer) => Buffer> = { gzip: gunzipSync, zstd: zstdDecompressSync };

function headersOf(body: Buffer | undefined, { encoding, isChunked }: Way): Record<string, string | number> {
  const accepted = encoding && { "accept-encoding": encoding };
  if (!body) return { ...accepted };
  const framed = isChunked ? { "transfer-encoding": "chunked" } : { "content-length": body.byteLength };
  return { ...accepted, ...(encoding && { "content-encoding": encoding }), ...framed };
}

async function readAnswer(answer: IncomingMessage): Promise<Answered> {
  const isStream = answer.headers["content-type"]?.startsWith("text/event-stream");
  const pieces: Buffer[] = [];
  for await (const piece of answer) {
    pieces.push(piece as Buffer);
    if (isStream) break;
  }
  const bytes = Buffer.concat(pieces);
  const text = unpack[answer.headers["content-encoding"] ?? ""]?.(bytes) ?? bytes;
  const { statusCode: status = 0, headers, rawHeaders } = answer;
  return { status, headers, rawHeaders, body: text.toString() };
}

/** Sends a request over a socket and reads the decompressed answer; of a stream, which has no end, the first part. */
export async function askOver(origin: string, sent: Sent, way: Way = {}): Promise<Answered> {
  const { encoding, agent } = way;
  const body = sent.body && encoding ? pack[encoding](sent.body) : sent.body;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { ...headersOf(body, way), ...sent.headers };
  const options = { method: sent.method ?? "GET", headers, ...(agent && { agent }) };
  const request = httpRequest(origin + sent.path, options, resolve).on("error", reject);
  for (const half of body ? [body.subarray(0, 7), body.subarray(7)] : []) request.write(half);
  request.end();
  return await readAnswer(await promise);
}
