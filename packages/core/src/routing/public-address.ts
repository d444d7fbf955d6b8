const privateRanges = [
  /^(?:0|10|127)\./,
  /^169\.254\./,
  /^192\.168\./,
  /^172\.(?:1[6-9]|2\d|3[01])\./,
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
];

/**
 * The address of a webhook as anyone may see it: https on a public host, without credentials, query and fragment;
 * null when it is anything else, and senders must go through the gateway.
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
