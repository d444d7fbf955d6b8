/** Who can change a location number: its supplier, or the register authority where it has none. */
export type Helper =
  | { kind: "supplier"; name: string; email: string | null; telephone: string | null }
  | { kind: "authority" };

/** Whom somebody without the right asks to change what a location number receives. */
export function whomToAsk(
  supplier: { name: string; email: string | null; telephone: string | null; isActive: boolean } | null,
): Helper {
  if (!supplier?.isActive) return { kind: "authority" };
  const { name, email, telephone } = supplier;
  return { kind: "supplier", name, email, telephone };
}
