import type { Actor } from "../permissions/index.ts";

/**
 * Who can change a location number: its supplier (for users of the supplier, a colleague), or the register authority if it has
 * none.
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

/** Whom an actor without the permission should ask to change what a location number receives. */
export function whomToAsk(supplier: Supplier | null, actor: Actor): Helper {
  if (!supplier?.isActive) return { kind: "authority" };
  const { id, name, email, telephone } = supplier;
  if (actor.kind === "user" && actor.supplierId === id) return { kind: "colleague", name };
  return { kind: "supplier", name, email, telephone };
}
