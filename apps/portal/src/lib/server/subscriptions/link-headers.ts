/** For pages whose address is a secret: no cache keeps them, no search engine finds them, no other site learns the address. */
export const linkHeaders = {
  "cache-control": "no-store",
  "x-robots-tag": "noindex",
  "referrer-policy": "same-origin",
} as const;
