import { z } from "zod";
import { Gln, MailAddress, SorId, singleLine, Uuid } from "../identifiers/index.ts";
import { roles, scopes } from "../permissions/index.ts";

const line = singleLine;

/** The id of a user, a grant, an invitation or a key. */
export const AccountId = Uuid.meta({ id: "AccountId", description: "Id of a user, grant or key" });

/** A name to log in with; capitals do not count. */
export const Username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{2,39}$/, "3 to 40 letters a-z, digits, dots, hyphens or underscores")
  .meta({ id: "Username", description: "Name to log in with", examples: ["anna.holm"] });

/** A password to be set; `passwordFault` says what else is wrong with it. */
export const NewPassword = z.string().min(12, "at least 12 characters").max(128, "at most 128 characters");

/** The secret part of an invitation's link: 256 random bits, base64url. */
export const InvitationToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "the link is not whole");

export const ScopeOfGrant = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("all") }),
  z.object({ kind: z.literal("subtree"), sorId: SorId }),
  z.object({ kind: z.literal("locations"), glns: z.array(Gln).min(1).max(10_000) }),
  z.object({ kind: z.literal("supplier"), supplierId: Uuid }),
]);

const roleAndScope = { role: z.enum(roles), scope: ScopeOfGrant };
type RoleAndScope = { role: (typeof roles)[number]; scope: { kind: string } };

const scopesOfRole: Record<RoleAndScope["role"], readonly string[]> = {
  authority: ["all"],
  region: ["subtree", "locations"],
  "vendor-administrator": ["supplier"],
  "vendor-editor": ["supplier", "locations"],
  reader: ["all", "subtree", "locations", "supplier"],
};
const roleFitsScope = (given: RoleAndScope) => scopesOfRole[given.role].includes(given.scope.kind);
const misfit = { error: "this role cannot be given within this scope", path: ["scope"] };

/** Who is invited, and what they are to be granted. */
export const NewInvitation = z
  .object({
    username: Username,
    name: line(100),
    email: MailAddress,
    supplierId: Uuid.nullable(),
    ...roleAndScope,
  })
  .refine(roleFitsScope, misfit);
export type NewInvitation = z.infer<typeof NewInvitation>;

/** Who uses a link may choose another user name than the one that was proposed. */
export const AcceptedInvitation = z.object({
  token: InvitationToken,
  password: NewPassword,
  username: Username.optional(),
});
export type AcceptedInvitation = z.infer<typeof AcceptedInvitation>;

export const ChangedPassword = z.object({
  oldPassword: z.string().min(1).max(128),
  newPassword: NewPassword,
});
export type ChangedPassword = z.infer<typeof ChangedPassword>;

/** What somebody types to log in: any text, within bounds. */
export const Credentials = z.object({
  username: z.string().min(1).max(100),
  password: z.string().min(1).max(128),
});
export type Credentials = z.infer<typeof Credentials>;

/** How many users one browser is known to. */
export const usersOfDeviceMost = 5;

/** What the signed cookie of a known browser holds: its id, and who has logged in with it, each with their credential's version. */
export const KnownDevice = z.object({
  id: Uuid,
  users: z.array(z.tuple([Uuid, z.int()])).max(usersOfDeviceMost),
});
export type KnownDevice = z.infer<typeof KnownDevice>;

/** The six digits an authenticator shows. */
export const AuthenticatorCode = z
  .string()
  .trim()
  .regex(/^\d{6}$/, "six digits");

/** What the second step of a login takes: the authenticator's six digits, or one of the codes kept for when it is lost. */
export const SecondFactorCode = z.union([
  AuthenticatorCode,
  z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{5}[\s-]*[A-Za-z0-9]{5}$/, "two times five letters or digits"),
]);

/** A role for a user within a scope, from an instant until another. */
export const NewGrant = z
  .object({
    userId: AccountId,
    ...roleAndScope,
    validFrom: z.date(),
    validTo: z.date().nullable(),
  })
  .refine(roleFitsScope, misfit)
  .refine((given) => given.validTo === null || given.validFrom < given.validTo, {
    error: "the end must come after the beginning",
    path: ["validTo"],
  });
export type NewGrant = z.infer<typeof NewGrant>;

/** A key for a vendor's program; `glns` null lets it serve all location numbers of the vendor. */
export const NewKey = z.object({
  supplierId: Uuid,
  name: line(100),
  scopes: z
    .array(z.enum(scopes))
    .min(1, "at least one scope")
    .transform((list) => [...new Set(list)]),
  glns: z
    .array(Gln)
    .min(1)
    .max(1000)
    .transform((list) => [...new Set(list)])
    .nullable(),
  expiresAt: z.date(),
});
export type NewKey = z.infer<typeof NewKey>;
