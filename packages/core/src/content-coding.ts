/** A coding in which a client may get an answer (RFC 9110 8.4.1). */
type ContentCoding = "zstd" | "gzip";

/** Below this size compression does not save a network packet. */
export const worthCodingBytes = 1400;

const textual = /^(?:application\/(?:[\w.-]+\+)?(?:json|x-ndjson|xml|javascript)|text\/(?!event-stream))/;

/** Whether content of this media type is text that gets smaller, and that is not sent piece by piece as it happens. */
export const isCompressible = (contentType: string | null | undefined): boolean =>
  textual.test(contentType ?? "");

/** The coding that the client ranks highest among those offered, the first of them at a tie (RFC 9110 12.5.3); undefined for none. */
export function chooseCoding<Offered extends ContentCoding>(
  accepted: string | null | undefined,
  offered: readonly Offered[],
): Offered | undefined {
  const ranks = new Map<string, number>();
  for (const part of (accepted ?? "").slice(0, 200).toLowerCase().split(",")) {
    const [name = "", quality] = part.split(/\s*;\s*q=/);
    ranks.set(name.trim(), quality === undefined ? 1 : Number(quality) || 0);
  }
  const rankOf = (coding: Offered) => ranks.get(coding) ?? 0;
  const best = Math.max(0, ...offered.map(rankOf));
  return best === 0 ? undefined : offered.find((coding) => rankOf(coding) === best);
}

/** The ETag of an answer in a coding: each coding has a strong validator of its own (RFC 9110 8.8.3). */
export const codedTag = (etag: string, coding: ContentCoding): string => `${etag.slice(0, -1)}.${coding}"`;

/** The ETag without its coding. */
export const plainTag = (etag: string): string => etag.replace(/\.(?:gzip|zstd)"$/, '"');
