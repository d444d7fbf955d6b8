import { z } from "zod";

/** A mail address with its domain in ASCII form: `blåbær.dk` becomes `xn--blbr-roah.dk` (RFC 5891). Others are unchanged. */
export function withAsciiDomain(text: string): string {
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1);
  if (at < 0 || !/[^\x20-\x7e]/.test(domain) || !/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return text;
  const url = URL.parse(`http://${domain}`);
  return url ? `${text.slice(0, at)}@${url.hostname}` : text;
}

/** A mail address as stored and sent to; a non-ASCII domain is converted to its ASCII form. */
export const MailAddress = z.string().trim().overwrite(withAsciiDomain).pipe(z.email().max(254));
