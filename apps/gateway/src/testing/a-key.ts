import { createContext, type Database } from "@sor/core";
import { createKey, revokeKey, type Scope } from "@sor/core/access";

const admin = (db: Database) => createContext(db, { kind: "system", job: "test" }, new Date());
const day = 86_400_000;

/** Creates a key of a supplier, as an administrator does: its id and its text. */
export async function aKey(
  db: Database,
  supplierId: string,
  scopes: Scope[] = ["interchanges:send", "messages:read", "mailboxes:read"],
): Promise<{ id: string; key: string }> {
  const expiresAt = new Date(Date.now() + 90 * day);
  return await createKey(admin(db), { supplierId, name: "test", scopes, glns: null, expiresAt });
}

/** Revokes it, as an administrator does. */
export const endKey = async (db: Database, id: string): Promise<void> => await revokeKey(admin(db), id);
