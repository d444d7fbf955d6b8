import { chooseCoding, codedTag, isCompressible, worthCodingBytes } from "@sor/core";

function isWorthPacking(response: Response): boolean {
  const length = response.headers.get("content-length");
  return (
    isCompressible(response.headers.get("content-type")) &&
    !response.headers.has("content-encoding") &&
    (length === null || Number(length) >= worthCodingBytes)
  );
}

/** The response gzipped if the client accepts that and the media type is compressible; otherwise unchanged. */
export function compress(request: Request, response: Response): Response {
  const isUnchanged = response.status === 304;
  if (!isUnchanged && !(response.body && isWorthPacking(response))) return response;
  const headers = new Headers(response.headers);
  headers.set("vary", [headers.get("vary"), "Accept-Encoding"].filter(Boolean).join(", "));
  const isTaken = chooseCoding(request.headers.get("accept-encoding"), ["gzip"]) !== undefined;
  const etag = headers.get("etag");
  if (isTaken && etag?.startsWith('"')) headers.set("etag", codedTag(etag, "gzip"));
  if (isTaken && !isUnchanged) {
    headers.delete("content-length");
    headers.set("content-encoding", "gzip");
  }
  const packs = isTaken && !isUnchanged && request.method !== "HEAD";
  const body = packs ? response.body?.pipeThrough(new CompressionStream("gzip")) : response.body;
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}
