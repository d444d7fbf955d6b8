const compressible = /^(?:text\/|application\/(?:json|javascript|[a-z.]+\+xml|xml|feed\+json))/;
const bytesMin = 1024;
const suffix = '.gzip"';

/** The ETag without its coding suffix; each coding of a representation has its own ETag (RFC 9110 8.8.3). */
export function plainTag(tag: string): string {
  return tag.endsWith(suffix) ? `${tag.slice(0, -suffix.length)}"` : tag;
}

function isWorthPacking(response: Response): boolean {
  const length = response.headers.get("content-length");
  return (
    compressible.test(response.headers.get("content-type") ?? "") &&
    !response.headers.has("content-encoding") &&
    (length === null || Number(length) >= bytesMin)
  );
}

/** The response gzipped if the client accepts that and the media type is compressible; otherwise unchanged. */
export function compress(request: Request, response: Response): Response {
  const isUnchanged = response.status === 304;
  if (!isUnchanged && !(response.body && isWorthPacking(response))) return response;
  const headers = new Headers(response.headers);
  headers.set("vary", [headers.get("vary"), "Accept-Encoding"].filter(Boolean).join(", "));
  const accepted = request.headers.get("accept-encoding") ?? "";
  const isTaken = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(accepted);
  const etag = headers.get("etag");
  if (isTaken && etag?.startsWith('"')) headers.set("etag", `${etag.slice(0, -1)}${suffix}`);
  if (isTaken && !isUnchanged) {
    headers.delete("content-length");
    headers.set("content-encoding", "gzip");
  }
  const packs = isTaken && !isUnchanged && request.method !== "HEAD";
  const body = packs ? response.body?.pipeThrough(new CompressionStream("gzip")) : response.body;
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}
