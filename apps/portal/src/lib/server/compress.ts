const compressible = /^(?:text\/|application\/(?:json|javascript|[a-z.]+\+xml|xml|feed\+json))/;
const bytesMin = 1024;

/** The response gzipped when the caller takes it and its kind gains by it; otherwise as it came. */
export function compress(request: Request, response: Response): Response {
  const type = response.headers.get("content-type") ?? "";
  if (!response.body || !compressible.test(type) || response.headers.has("content-encoding")) return response;
  const length = response.headers.get("content-length");
  if (length !== null && Number(length) < bytesMin) return response;
  const headers = new Headers(response.headers);
  headers.append("vary", "Accept-Encoding");
  const init = { status: response.status, statusText: response.statusText, headers };
  const accepted = request.headers.get("accept-encoding") ?? "";
  if (request.method === "HEAD" || !/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(accepted)) {
    return new Response(response.body, init);
  }
  headers.delete("content-length");
  headers.set("content-encoding", "gzip");
  return new Response(response.body.pipeThrough(new CompressionStream("gzip")), init);
}
