import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { Gln, MailAddress, SorId, singleLine, Uuid } from "../identifiers/index.ts";
import { roles, scopes } from "../permissions/index.ts";
import { addressRangeIn } from "./networks.ts";

const line = singleLine;

export const AccountId = Uuid.meta({ id: "AccountId", description: "Id of a user, grant or key" });

/** A login name; case-insensitive. */
export const Username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{2,39}$/, "username-form" satisfies Fault)
  .meta({ id: "Username", description: "Login name", examples: ["anna.holm"] });

/** A new password; `passwordFault` checks the other rules. */
export const NewPassword = z
  .string()
  .min(12, "password-short" satisfies Fault)
  .max(128, "password-long" satisfies Fault);

/** The secret part of an invitation link: 256 random bits, base64url. */
export const InvitationToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "link-cut" satisfies Fault);

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
const misfit = { error: "role-scope" satisfies Fault, path: ["scope"] };

/** Who is invited, and which role they will get. */
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

/** The invited user may choose another user name than the proposed one. */
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

/** Login input: any text, within bounds. */
export const Credentials = z.object({
  username: z.string().min(1).max(100),
  password: z.string().min(1).max(128),
});
export type Credentials = z.infer<typeof Credentials>;

/** How many users one browser can be known to. */
export const usersOfDeviceMost = 5;

/** Content of the signed cookie of a known browser: its id, and who has logged in with it, each with their credential version. */
export const KnownDevice = z.object({
  id: Uuid,
  users: z.array(z.tuple([Uuid, z.int()])).max(usersOfDeviceMost),
});
export type KnownDevice = z.infer<typeof KnownDevice>;

/** The six digits shown by an authenticator. */
export const AuthenticatorCode = z
  .string()
  .trim()
  .regex(/^\d{6}$/, "six-digits" satisfies Fault);

/** Code for the second step of a login: the authenticator's six digits, or a backup code. */
export const SecondFactorCode = z.union([
  AuthenticatorCode,
  z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{5}[\s-]*[A-Za-z0-9]{5}$/, "emergency-code-form" satisfies Fault),
]);

/** A role for a user within a scope, for a period. */
export const NewGrant = z
  .object({
    userId: AccountId,
    ...roleAndScope,
    validFrom: z.date(),
    validTo: z.date().nullable(),
  })
  .refine(roleFitsScope, misfit)
  .refine((given) => given.validTo === null || given.validFrom < given.validTo, {
    error: "end-before-beginning" satisfies Fault,
    path: ["validTo"],
  });
export type NewGrant = z.infer<typeof NewGrant>;

/** A key for a vendor's program; `glns` null means all location numbers of the vendor. */
export const NewKey = z.object({
  supplierId: Uuid,
  name: line(100),
  scopes: z
    .array(z.enum(scopes))
    .min(1, "a-scope" satisfies Fault)
    .transform((list) => [...new Set(list)]),
  glns: z
    .array(Gln)
    .min(1)
    .max(1000)
    .transform((list) => [...new Set(list)])
    .nullable(),
  /** The only address ranges that it may be used from; null: any. */
  networks: z
    .array(
      z.string().refine((text) => addressRangeIn(text) !== undefined, "an-address-range" satisfies Fault),
    )
    .min(1)
    .max(50)
    .transform((list) => [...new Set(list)])
    .nullable(),
  /** The part of the register that it may edit, as the authority or a region may: all, or from a unit downwards. */
  registerPart: z.union([z.literal("all"), SorId]).optional(),
  expiresAt: z.date(),
});
type ParsedKey = z.infer<typeof NewKey>;
export type NewKey = Omit<ParsedKey, "networks"> & Partial<Pick<ParsedKey, "networks">>;
