const daysGood = 180;

/**
 * The text of `/.well-known/security.txt` (RFC 9116): where to report a vulnerability. `contact` is a `mailto:` or `https:`
 * address, `origin` the program's public address if known; the text expires 180 days after `now`.
 */
export function securityTxt(facts: { contact: string; origin: string | undefined; now: Date }): string {
  const { contact, origin, now } = facts;
  const expires = new Date(now.getTime() + daysGood * 86_400_000);
  expires.setUTCHours(0, 0, 0, 0);
  return [
    `Contact: ${contact}`,
    `Expires: ${expires.toISOString()}`,
    "Preferred-Languages: da, en",
    ...(origin ? [`Canonical: ${origin}/.well-known/security.txt`] : []),
    "",
  ].join("\n");
}
