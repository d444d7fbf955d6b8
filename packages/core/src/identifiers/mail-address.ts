import { z } from "zod";

/** An address with its domain as mail servers take it: `blåbær.dk` becomes `xn--blbr-roah.dk` (RFC 5891). Others as they are. */
export function withAsciiDomain(text: string): string {
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1);
  if (at < 0 || !/[^\x20-\x7e]/.test(domain) || !/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return text;
  const url = URL.parse(`http://${domain}`);
  return url ? `${text.slice(0, at)}@${url.hostname}` : text;
}

/** A mail address as it is kept and sent to; letters beyond ASCII in its domain are read as what they stand for. */
export const MailAddress = z.string().trim().overwrite(withAsciiDomain).pipe(z.email().max(254));
