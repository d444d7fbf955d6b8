import { eq } from "drizzle-orm";
import { addUser } from "../access/add-user.ts";
import { actorOfUser, loadGrants } from "../access/load-user.ts";
import { claimAttempt, type LoginSource } from "../access/login-throttle.ts";
import { users } from "../access/tables.ts";
import { type Context, createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { suppliers } from "../endpoints/tables.ts";
import type { GrantScope, Role } from "../permissions/index.ts";
import { testDatabase } from "./test-database.ts";

/** Inserts a supplier of that name and returns its id. */
export async function aSupplier(db: Database, name: string): Promise<string> {
  const id = newId();
  await db.insert(suppliers).values({ id, name });
  return id;
}

type Given = { role: Role; scope: GrantScope; supplierId?: string; passwordHash?: string };

/** Inserts a user, who can log in only if a hash is given, and returns the context of their actions. */
export async function aUser(db: Database, username: string, given: Given, now = new Date()) {
  const id = newId();
  const { role, scope, supplierId = null, passwordHash = "none" } = given;
  const names = { username, name: username, email: `${username}@example.org` };
  await db.transaction((tx) =>
    addUser(tx, { id, ...names, supplierId, grant: { role, scope }, passwordHash }, now),
  );
  const [user] = await db.select().from(users).where(eq(users.id, id));
  if (!user) throw new Error("the user was put in");
  const ctx: Context = createContext(db, actorOfUser(user, await loadGrants(db, id, now)), now);
  return { userId: id, ctx };
}

/** Counts wrong passwords like failed logins, without the cost of checking them. */
export async function wrongPasswords(db: Database, source: LoginSource, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await claimAttempt(db, source, new Date());
}

/** A database with an authority and two vendors, each with an administrator. */
export async function aWorldOfVendors(now = new Date()) {
  const db = await testDatabase();
  const [ours, theirs] = [await aSupplier(db, "Ours"), await aSupplier(db, "Theirs")];
  const inOurs: GrantScope = { kind: "supplier", supplierId: ours };
  const inTheirs: GrantScope = { kind: "supplier", supplierId: theirs };
  const authority = await aUser(db, "authority", { role: "authority", scope: { kind: "all" } }, now);
  const role = "vendor-administrator";
  const admin = await aUser(db, "admin", { role, scope: inOurs, supplierId: ours }, now);
  const stranger = await aUser(db, "stranger", { role, scope: inTheirs, supplierId: theirs }, now);
  return { db, ours, theirs, inOurs, inTheirs, authority, admin, stranger };
}
