import { and, eq } from "drizzle-orm";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Invitation, inviteUser } from "./invite-user.ts";
import { NewInvitation } from "./schemas.ts";
import { grants, users } from "./tables.ts";
import { isAdmitted, whereNotEnded } from "./where-in-force.ts";

export type FirstAdministrator = { username: string; name?: string; email?: string; again?: boolean };

/**
 * Invites the administrator of a new installation, from the command line. Throws `conflict` when there is already an
 * administrator, unless `again` is set (everybody with the role has lost access), and a ZodError for an invalid user name.
 */
export async function inviteFirstAdministrator(
  db: Database,
  input: FirstAdministrator,
  now: Date,
): Promise<Invitation> {
  const holds = and(eq(grants.role, "authority"), whereNotEnded(grants, now), isAdmitted);
  const administrators = await db
    .select({ id: users.id })
    .from(grants)
    .innerJoin(users, eq(users.id, grants.userId))
    .where(holds)
    .limit(1);
  if (administrators.length > 0 && input.again !== true) {
    throw new DomainError("conflict", "administrator-exists");
  }
  const invited = NewInvitation.parse({
    username: input.username,
    name: input.name ?? input.username,
    email: input.email ?? "administrator@localhost.localdomain",
    supplierId: null,
    role: "authority",
    scope: { kind: "all" },
  });
  return await inviteUser(createContext(db, { kind: "system", job: "first-administrator" }, now), invited);
}
