import type { Actor } from "../permissions/index.ts";

/**
 * Who can change a location number: its supplier, there a colleague for those who work for it, or the register authority where
 * it has none.
 */
export type Helper =
  | { kind: "colleague"; name: string }
  | { kind: "supplier"; name: string; email: string | null; telephone: string | null }
  | { kind: "authority" };

type Supplier = {
  id: string;
  name: string;
  email: string | null;
  telephone: string | null;
  isActive: boolean;
};

/** Whom somebody without the right asks to change what a location number receives. */
export function whomToAsk(supplier: Supplier | null, actor: Actor): Helper {
  if (!supplier?.isActive) return { kind: "authority" };
  const { id, name, email, telephone } = supplier;
  if (actor.kind === "user" && actor.supplierId === id) return { kind: "colleague", name };
  return { kind: "supplier", name, email, telephone };
}
