const privateRanges = [
  /^(?:0|10|127)\./,
  /^169\.254\./,
  /^192\.168\./,
  /^172\.(?:1[6-9]|2\d|3[01])\./,
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
];

/**
 * The public address of a webhook: https on a public host, without credentials, query and fragment; null for anything else:
 * senders must then use the gateway.
 */
export function publicAddress(address: string | null): string | null {
  const url = address === null ? null : URL.parse(address);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") return null;
  const host = url.hostname.toLowerCase();
  if (host.startsWith("[") || !host.includes(".")) return null;
  if (/\.(?:local|internal|localhost|lan|home\.arpa)$/.test(host)) return null;
  if (privateRanges.some((range) => range.test(host))) return null;
  return `${url.origin}${url.pathname}`;
}
